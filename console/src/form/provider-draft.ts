import type {
  BedrockSettingsInput,
  CreateProviderInput,
  DraftConnectionInput,
  ProviderDetailsFragment,
  ProviderType,
  UpdateProviderInput,
} from '../generated/documents.ts'
import { type NetworkDraft, networkDraftOf, networkInputOf, USUAL_NETWORK, withoutSealedHeaders } from './network-draft.ts'

/** The Bedrock settings as their fields hold them. */
export interface BedrockDraft {
  readonly region: string
  readonly model: string
  readonly smallFastModel: string
  readonly roleArn: string
  /** Empty keeps the stored pair. */
  readonly accessKey: string
  readonly accessKeySecret: string
}

/** A provider as the form holds it. */
export interface ProviderDraft {
  readonly type: ProviderType
  readonly name: string
  readonly displayName: string
  readonly icon: string
  readonly baseUrl: string
  readonly enabled: boolean
  /** The first key of a new provider; for one that exists, a key to test with, which is not stored. */
  readonly apiKey: string
  /** Whether an Anthropic provider is reached through Amazon Bedrock. */
  readonly viaBedrock: boolean
  readonly bedrock: BedrockDraft
  readonly network: NetworkDraft
}

const NO_BEDROCK: BedrockDraft = { region: '', model: '', smallFastModel: '', roleArn: '', accessKey: '', accessKeySecret: '' }

export const NEW_PROVIDER: ProviderDraft = {
  type: 'OPENAI',
  name: '',
  displayName: '',
  icon: '',
  baseUrl: '',
  enabled: true,
  apiKey: '',
  viaBedrock: false,
  bedrock: NO_BEDROCK,
  network: USUAL_NETWORK,
}

export function draftOf(provider: ProviderDetailsFragment): ProviderDraft {
  const { type, name, displayName, icon, baseUrl, enabled, settings, network } = provider
  const { region, model, smallFastModel, roleArn } = settings ?? {}
  return {
    ...{ type, name, displayName: displayName === name ? '' : displayName, icon, baseUrl, enabled, apiKey: '' },
    viaBedrock: type === 'ANTHROPIC' && settings !== null,
    bedrock: { ...NO_BEDROCK, region: region ?? '', model: model ?? '', smallFastModel: smallFastModel ?? '', roleArn: roleArn ?? '' },
    network: networkDraftOf(network),
  }
}

/** Whether the draft has Bedrock settings instead of API keys. */
export function usesBedrock({ type, viaBedrock }: Pick<ProviderDraft, 'type' | 'viaBedrock'>): boolean {
  return type === 'BEDROCK' || (type === 'ANTHROPIC' && viaBedrock)
}

export function takesKey(draft: Pick<ProviderDraft, 'type' | 'viaBedrock'>): boolean {
  return draft.type !== 'COPILOT' && !usesBedrock(draft)
}

function bedrockInput({ region, model, smallFastModel, roleArn, accessKey, accessKeySecret }: BedrockDraft): BedrockSettingsInput {
  return {
    ...{ region, model, smallFastModel, roleArn },
    ...(accessKey === '' ? {} : { accessKey }),
    ...(accessKeySecret === '' ? {} : { accessKeySecret }),
  }
}

function settingsInput(draft: ProviderDraft): Pick<CreateProviderInput, 'settings'> {
  return usesBedrock(draft) ? { settings: { bedrock: bedrockInput(draft.bedrock) } } : {}
}

export function toCreateInput(draft: ProviderDraft): CreateProviderInput {
  const { type, name, displayName, icon, baseUrl, enabled, apiKey } = draft
  return {
    ...{ type, name, baseUrl, enabled },
    ...(displayName === '' ? {} : { displayName }),
    ...(icon === '' ? {} : { icon }),
    ...(takesKey(draft) && apiKey !== '' ? { apiKeys: [{ credential: { value: apiKey } }] } : {}),
    ...settingsInput(draft),
    ...(isSame(draft.network, USUAL_NETWORK) ? {} : { network: networkInputOf(draft.network) }),
  }
}

/** What to test before anything is saved. Secrets that are stored already are known to the gateway alone, and are not part of it. */
export function toDraftConnection(draft: ProviderDraft, stored: ProviderDetailsFragment | null): DraftConnectionInput {
  const { type, baseUrl, apiKey } = draft
  return {
    ...{ type, baseUrl },
    ...(takesKey(draft) && apiKey !== '' ? { apiKey } : {}),
    ...settingsInput(draft),
    network: withoutSealedHeaders(networkInputOf(draft.network), stored?.network ?? null),
  }
}

/** Keys given again, by the id of the stored one. */
export type GivenKeys = Readonly<Record<string, string>>

/** What differs from `stored`, and nothing else: what somebody else changed meanwhile stays as they want it. */
export function toUpdateInput(
  draft: ProviderDraft,
  stored: ProviderDetailsFragment,
  givenKeys: GivenKeys,
): Omit<UpdateProviderInput, 'provider'> {
  const before = draftOf(stored)
  const given = Object.entries(givenKeys).filter(([, value]) => value !== '')
  return {
    ...(draft.displayName === before.displayName ? {} : { displayName: draft.displayName }),
    ...(draft.icon === before.icon ? {} : { icon: draft.icon }),
    ...(draft.baseUrl === before.baseUrl ? {} : { baseUrl: draft.baseUrl }),
    ...(draft.enabled === before.enabled ? {} : { enabled: draft.enabled }),
    ...(usesBedrock(draft) && !(isSame(draft.bedrock, before.bedrock) && usesBedrock(before)) ? settingsInput(draft) : {}),
    ...(isSame(draft.network, before.network) ? {} : { network: networkInputOf(draft.network) }),
    ...(given.length === 0
      ? {}
      : { keepOtherApiKeys: true, apiKeys: given.map(([id, value]) => ({ keep: { id, credential: { value } } })) }),
  }
}

/** What `mine` changed of what it began with, put onto what is stored now: fields that it left alone are as they are there. */
export function rebase(stored: ProviderDetailsFragment, mine: ProviderDraft, theirs: ProviderDetailsFragment): ProviderDraft {
  const before = draftOf(stored)
  const now = draftOf(theirs)
  return {
    ...merge(before, mine, now),
    bedrock: merge(before.bedrock, mine.bedrock, now.bedrock),
    network: merge(before.network, mine.network, now.network),
  }
}

/** What somebody wants, over what is stored by now: fields that they did not change are as others have left them. */
export function merge<T extends object>(before: T, mine: T, now: T): T {
  const changed = Object.entries(mine).filter(([field, value]) => {
    const old: unknown = Object.entries(before).find(([name]) => name === field)?.[1]
    return JSON.stringify(value) !== JSON.stringify(old)
  })
  return { ...now, ...Object.fromEntries(changed) }
}

/** Both are plain values with their fields in the same order. */
export function isSame<T extends object>(one: T, other: T): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
