import { type ApiKeyChange, checkKeyFields, checkNewApiKey, MAX_API_KEYS, type NewApiKey } from '../api-keys/api-key-input.ts'
import type { Channel } from '../auth/principal.ts'
import type { ValidationIssue } from '../errors.ts'
import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'
import { parseBaseUrl } from './base-url.ts'
import {
  acceptsBedrockSettings,
  type BedrockSettingsInput,
  checkBedrockSettings,
  checkExternalId,
  isConfigured,
} from './bedrock-settings.ts'
import { checkDialectSettings, type DialectSettingsInput } from './dialect-settings.ts'

/** Names which provider is meant: by its UUID, or by its name among those that are not deleted. */
export type ProviderRef = { readonly id: string } | { readonly name: string }

/** What a caller believes to be changing: a name may belong to another provider by now. Undefined is not checked. */
export interface ExpectedState {
  readonly version: number | undefined
  readonly id: string | undefined
}

/** A provider to create. */
export interface NewProvider {
  readonly name: string
  readonly type: ProviderType
  readonly baseUrl: string
  readonly displayName: string
  readonly icon: string
  readonly enabled: boolean
  readonly settings: BedrockSettingsInput | undefined
  readonly apiKeys: readonly NewApiKey[]
  readonly dialectSettings?: DialectSettingsInput | undefined
  /** Whether it may come without an endpoint, as upserts let it. */
  readonly mayBePlaceholder?: boolean
}

/** A change to a provider. Undefined leaves a field as it is; `apiKeys` states the whole set. */
export interface ProviderChanges {
  readonly displayName: string | undefined
  readonly icon: string | undefined
  readonly baseUrl: string | undefined
  readonly enabled: boolean | undefined
  readonly settings: BedrockSettingsInput | undefined
  readonly apiKeys: readonly ApiKeyChange[] | undefined
  /** In place of `baseUrl`: back to the endpoint of the vendor that the name stands for, or to a placeholder. */
  readonly resetBaseUrl?: boolean | undefined
  readonly dialectSettings?: DialectSettingsInput | undefined
}

/** Says what is wrong with an endpoint for this caller, or null: the address policy's part of the rules. */
export type CheckEndpoint = (baseUrl: string, channel: Channel) => string | null

export const NAME_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/
const KEYLESS_TYPES: readonly ProviderType[] = ['BEDROCK', 'COPILOT']

/** Whether providers of the type have stored API keys at all; the others authenticate in another way. */
export function acceptsApiKeys(type: ProviderType): boolean {
  return !KEYLESS_TYPES.includes(type)
}

/** Every rule that a new provider breaks, in the order of its fields (Coder contract, section 2). */
export function checkNewProvider(input: NewProvider, channel: Channel, checkEndpoint: CheckEndpoint): ValidationIssue[] {
  const anyText = channel === 'coder'
  return [
    ...checkName(input.name),
    ...checkTexts(input),
    ...(input.mayBePlaceholder && input.baseUrl === '' ? [] : checkBaseUrl(input.baseUrl, channel, checkEndpoint)),
    ...checkKeyCount(input.apiKeys.length),
    ...input.apiKeys.flatMap((key, index) => checkNewApiKey(key, ['apiKeys', String(index)], anyText)),
    ...(input.apiKeys.length > 0 && !acceptsApiKeys(input.type) ? [keysNotSupported(input.type)] : []),
    ...checkSettingsOfType(input.type, input.settings),
    ...(input.settings === undefined
      ? []
      : [...checkBedrockSettings(input.settings, anyText), ...checkExternalId(input.settings.externalId, undefined)]),
    ...checkDialectSettings(input.dialectSettings),
  ]
}

/** The rules that a change breaks whatever it is applied to. */
export function checkProviderChanges(changes: ProviderChanges, channel: Channel, checkEndpoint: CheckEndpoint): ValidationIssue[] {
  const anyText = channel === 'coder'
  return [
    ...checkTexts(changes),
    ...(changes.baseUrl === undefined ? [] : checkBaseUrl(changes.baseUrl, channel, checkEndpoint)),
    ...(changes.apiKeys === undefined ? [] : checkKeyChanges(changes.apiKeys, anyText)),
    ...(changes.settings === undefined ? [] : checkBedrockSettings(changes.settings, anyText)),
    ...checkDialectSettings(changes.dialectSettings),
  ]
}

export function keysNotSupported(type: ProviderType): ValidationIssue {
  return {
    path: ['apiKeys'],
    rule: 'API_KEYS_NOT_SUPPORTED',
    message: `A provider of type ${type} has no stored API keys. ${keylessReason(type)}`,
  }
}

/** How a provider without stored API keys authenticates. */
export function keylessReason(type: ProviderType): string {
  return type === 'COPILOT'
    ? 'It uses the GitHub token of whoever makes the request.'
    : 'Give an access key pair or a role in the Bedrock settings instead.'
}

/** The issue of Bedrock settings given to another type. */
export function settingsNotSupported(): ValidationIssue {
  return {
    path: ['settings'],
    rule: 'SETTINGS_NOT_SUPPORTED',
    message: 'Bedrock settings are only valid for the types BEDROCK and ANTHROPIC.',
  }
}

function checkName(name: string): ValidationIssue[] {
  if (name === '') return [{ path: ['name'], rule: 'REQUIRED', message: 'The name is required.' }]
  if (name.length > 1_000) return [{ path: ['name'], rule: 'OUT_OF_RANGE', message: 'The name must not be longer than 1,000 characters.' }]
  if (NAME_PATTERN.test(name)) return []
  return [
    {
      path: ['name'],
      rule: 'NAME_FORMAT',
      message: 'The name must be lowercase letters and digits, words joined by single hyphens, e.g. "openai-eu".',
    },
  ]
}

function checkTexts(input: { readonly displayName: string | undefined; readonly icon: string | undefined }): ValidationIssue[] {
  const issue = (field: string, most: number): ValidationIssue => ({
    path: [field],
    rule: 'OUT_OF_RANGE',
    message: `The text must not be longer than ${most} characters.`,
  })
  return [
    ...((input.displayName?.length ?? 0) > 2_000 ? [issue('displayName', 2_000)] : []),
    ...((input.icon?.length ?? 0) > 8_192 ? [issue('icon', 8_192)] : []),
  ]
}

export function checkBaseUrl(baseUrl: string, channel: Channel, checkEndpoint: CheckEndpoint): ValidationIssue[] {
  const issue = (rule: ValidationIssue['rule'], message: string): ValidationIssue[] => [{ path: ['baseUrl'], rule, message }]
  if (baseUrl === '') return issue('REQUIRED', 'The base URL is required.')
  if (baseUrl.length > 8_192) return issue('OUT_OF_RANGE', 'The base URL must not be longer than 8,192 characters.')
  const parts = parseBaseUrl(baseUrl)
  if (parts === null) return issue('URL_NOT_ABSOLUTE', 'The base URL must be an absolute URL, e.g. https://api.example.com/v1.')
  if (parts.scheme !== 'https' && parts.scheme !== 'http')
    return issue('URL_SCHEME', `The base URL's scheme must be https or http, not "${parts.scheme}".`)
  if (parts.hasUserinfo)
    return issue('URL_NOT_ALLOWED', 'The base URL must not contain a user name or password. Give the credential as an API key.')
  if (parts.hasFragment) return issue('URL_NOT_ALLOWED', 'The base URL must not contain a fragment (#).')
  const refusal = checkEndpoint(baseUrl, channel)
  return refusal === null ? [] : issue('URL_NOT_ALLOWED', refusal)
}

function checkKeyCount(count: number): ValidationIssue[] {
  if (count <= MAX_API_KEYS) return []
  return [{ path: ['apiKeys'], rule: 'OUT_OF_RANGE', message: `A provider can have at most ${MAX_API_KEYS} API keys.` }]
}

function checkKeyChanges(changes: readonly ApiKeyChange[], anyText: boolean): ValidationIssue[] {
  const keptIds = changes.map((change) => ('keep' in change ? change.keep.id : null))
  const checkOne = (change: ApiKeyChange, index: number): ValidationIssue[] => {
    const path = ['apiKeys', String(index)]
    if ('add' in change) return checkNewApiKey(change.add, [...path, 'add'], anyText)
    const issues = checkKeyFields(change.keep, [...path, 'keep'])
    const first = keptIds.indexOf(change.keep.id)
    if (first === index) return issues
    return [
      ...issues,
      { path: [...path, 'keep', 'id'], rule: 'API_KEY_REPEATED', message: `This key is already kept at apiKeys[${first}].` },
    ]
  }
  return [...checkKeyCount(changes.length), ...changes.flatMap(checkOne)]
}

function checkSettingsOfType(type: ProviderType, settings: BedrockSettingsInput | undefined): ValidationIssue[] {
  if (settings !== undefined && !acceptsBedrockSettings(type)) return [settingsNotSupported()]
  if (type !== 'BEDROCK' || (settings !== undefined && isConfigured(settings))) return []
  return [
    {
      path: ['settings'],
      rule: 'SETTINGS_REQUIRED',
      message: 'A provider of type BEDROCK needs Bedrock settings: a region, a role or an access key pair.',
    },
  ]
}
