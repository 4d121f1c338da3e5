import type { NetworkConfigInput, ProviderDetailsFragment, ProxyType } from '../generated/documents.ts'
import type { Issue } from './issues.ts'

type StoredNetwork = ProviderDetailsFragment['network']

/** One row of the table of headers. */
export interface HeaderDraft {
  /** Tells rows apart while they are edited. */
  readonly row: number
  readonly name: string
  readonly value: string
}

const NUMBERS = ['timeoutMs', 'maxRetries', 'retryBackoffInitialMs', 'retryBackoffMaxMs'] as const
export type NumberField = (typeof NUMBERS)[number]

/** The network configuration as its fields hold it, numbers as they are typed. */
export interface NetworkDraft extends Readonly<Record<NumberField, string>> {
  readonly insecureSkipVerify: boolean
  readonly allowPrivateNetwork: boolean
  readonly caCertificate: string
  readonly headers: readonly HeaderDraft[]
  readonly proxyType: ProxyType | ''
  readonly proxyUrl: string
  readonly proxyUsername: string
  /** Empty keeps the stored one. */
  readonly proxyPassword: string
}

/** What the gateway takes when nothing is set. */
export const USUAL_NETWORK: NetworkDraft = {
  timeoutMs: '30000',
  maxRetries: '0',
  retryBackoffInitialMs: '500',
  retryBackoffMaxMs: '5000',
  insecureSkipVerify: false,
  allowPrivateNetwork: true,
  caCertificate: '',
  headers: [],
  proxyType: '',
  proxyUrl: '',
  proxyUsername: '',
  proxyPassword: '',
}

export function networkDraftOf(stored: StoredNetwork): NetworkDraft {
  return {
    timeoutMs: String(stored.timeoutMs),
    maxRetries: String(stored.maxRetries),
    retryBackoffInitialMs: String(stored.retryBackoffInitialMs),
    retryBackoffMaxMs: String(stored.retryBackoffMaxMs),
    insecureSkipVerify: stored.insecureSkipVerify,
    allowPrivateNetwork: stored.allowPrivateNetwork,
    caCertificate: stored.caCertificate ?? '',
    headers: stored.extraHeaders.map(({ name, value }, row) => ({ row, name, value })),
    proxyType: stored.proxy?.type ?? '',
    proxyUrl: stored.proxy?.url ?? '',
    proxyUsername: stored.proxy?.username ?? '',
    proxyPassword: '',
  }
}

/** In the words of the API. */
export function networkInputOf(draft: NetworkDraft): NetworkConfigInput {
  const { proxyType, proxyUrl, proxyUsername, proxyPassword } = draft
  return {
    ...Object.fromEntries(NUMBERS.map((field) => [field, Number(draft[field])])),
    insecureSkipVerify: draft.insecureSkipVerify,
    allowPrivateNetwork: draft.allowPrivateNetwork,
    ...(draft.caCertificate.trim() === '' ? {} : { caCertificate: draft.caCertificate }),
    extraHeaders: draft.headers.filter(({ name, value }) => name !== '' || value !== '').map(({ name, value }) => ({ name, value })),
    ...(proxyType === ''
      ? {}
      : {
          proxy: {
            type: proxyType,
            ...(proxyType === 'ENVIRONMENT' || proxyUrl === '' ? {} : { url: proxyUrl }),
            ...(proxyUsername === '' ? {} : { username: proxyUsername }),
            ...(proxyPassword === '' ? {} : { password: proxyPassword }),
          },
        }),
  }
}

/** Numbers that are none: the gateway could not even read them. */
export function networkIssues(draft: NetworkDraft): Issue[] {
  return NUMBERS.filter((field) => !/^\d{1,9}$/.test(draft[field].trim())).map((field) => ({
    path: ['network', field],
    message: 'This must be a whole number.',
  }))
}

/** For the test of a draft: without the headers whose stored values only the gateway knows. */
export function withoutSealedHeaders(input: NetworkConfigInput, stored: StoredNetwork | null): NetworkConfigInput {
  const sealed = stored?.extraHeaders.filter(({ isSealed }) => isSealed) ?? []
  const isMask = (name: string, value: string) => sealed.some((header) => header.name === name && header.value === value)
  return { ...input, extraHeaders: (input.extraHeaders ?? []).filter(({ name, value }) => !isMask(name, value)) }
}

/** The stored configuration for the test of a draft, as far as it can be read. */
export function networkOf(stored: StoredNetwork): NetworkConfigInput {
  return withoutSealedHeaders(networkInputOf(networkDraftOf(stored)), stored)
}
