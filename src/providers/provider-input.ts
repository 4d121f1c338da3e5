import { type ApiKeyChange, checkApiKeyChanges, checkNewApiKeys, type NewApiKey } from '../api-keys/api-key-input.ts'
import { checkExtensions, type ExtensionChanges } from '../api-keys/extensions.ts'
import { VALUE } from '../api-keys/key-configuration.ts'
import { checkPastedKey } from '../api-keys/pasted-key.ts'
import { checkRepeatedNewKeys } from '../api-keys/repeated-values.ts'
import { checkSealedExtensions, type SealedExtensionInput } from '../api-keys/sealed-extensions.ts'
import { type CallerRules, STORED_RULES } from '../auth/caller-rules.ts'
import { checkText } from '../check-text.ts'
import { hasSteps } from '../destination/canonical-url.ts'
import type { ValidationIssue } from '../errors.ts'
import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'
import { DEFAULT_NETWORK } from '../upstream/client/network-settings.ts'
import { parseBaseUrl } from './base-url.ts'
import {
  acceptsBedrockSettings,
  type BedrockSettingsInput,
  checkBedrockSettings,
  checkExternalId,
  checkKeyPair,
  isConfigured,
} from './bedrock-settings.ts'
import { type CallSettings, checkCallHeaders } from './call-settings.ts'
import { willHaveEndpoint } from './key-endpoint.ts'
import { checkKept, keepsFields } from './network-changes.ts'
import { checkMaskedHeaders, checkNetwork, type NetworkInput } from './network-input.ts'
import type { ProviderDeps } from './provider-deps.ts'
import { checkRouteFields, hasCredential } from './route-fields.ts'

/** Names which provider is meant: by its UUID, or by its name among those that are not deleted. */
export type ProviderRef = { readonly id: string } | { readonly name: string }

/** What a caller believes to be changing: a name may belong to another provider by now. Undefined is not checked. */
export interface ExpectedState {
  readonly version: number | undefined
  readonly id: string | undefined
}

/** `WITH_KEYS`: when there is an enabled key. */
export type TestAfterWrites = 'NEVER' | 'WITH_KEYS' | 'ALWAYS'

/** What programs keep with a provider. */
export interface ExtensionFields {
  /** In the open. */
  readonly extensions?: ExtensionChanges
  readonly sealedExtensions?: readonly SealedExtensionInput[] | undefined
}

/** A provider to create. */
export interface NewProvider extends CallSettings, ExtensionFields {
  readonly name: string
  readonly type: ProviderType
  readonly baseUrl: string
  readonly displayName: string
  readonly icon: string
  readonly enabled: boolean
  readonly settings: BedrockSettingsInput | undefined
  readonly network: NetworkInput | undefined
  readonly apiKeys: readonly NewApiKey[]
  /** A path below the base URL that lists models in place of the type's own; empty for that. */
  readonly modelsPath?: string | undefined
  /** `DEFAULT`, `BEARER`, or the name of the header that carries the key. */
  readonly authentication?: string | undefined
  /** When a write is followed by a test. */
  readonly testAfterWrites?: TestAfterWrites | undefined
  /** Whether it may come without an endpoint, as upserts let it. */
  readonly mayBePlaceholder?: boolean
  /** Whether it was stored elsewhere as it is, by an API that takes more: it is held to the rules of the one that takes the most. */
  readonly asStored?: boolean | undefined
}

/** A change to a provider. Undefined leaves a field as it is; `apiKeys` states the whole set, unless other keys are kept. */
export interface ProviderChanges extends CallSettings, ExtensionFields {
  readonly displayName: string | undefined
  readonly icon: string | undefined
  readonly baseUrl: string | undefined
  readonly enabled: boolean | undefined
  readonly settings: BedrockSettingsInput | undefined
  readonly network: NetworkInput | undefined
  readonly apiKeys: readonly ApiKeyChange[] | undefined
  /** Whether the stored keys that `apiKeys` does not name stay: then it adds, changes and removes single keys. */
  readonly keepOtherApiKeys?: boolean | undefined
  /** In place of `baseUrl`, for upserts: back to the endpoint of the vendor that the name stands for, or to a placeholder. */
  readonly resetBaseUrl?: boolean | undefined
  /** A path below the base URL that lists models in place of the type's own; empty for that. */
  readonly modelsPath?: string | undefined
  /** `DEFAULT`, `BEARER`, or the name of the header that carries the key. */
  readonly authentication?: string | undefined
  /** When a write is followed by a test. */
  readonly testAfterWrites?: TestAfterWrites | undefined
  /** As for a new provider. */
  readonly asStored?: boolean | undefined
}

/** What the rules about destinations ask the operator's policy. */
type EndpointChecks = Pick<ProviderDeps, 'checkEndpoint' | 'checkProxy'>

const NAME_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/
const KEYLESS_TYPES: readonly ProviderType[] = ['BEDROCK', 'COPILOT']

/** Whether providers of the type have stored API keys at all; the others authenticate in another way. */
export function acceptsApiKeys(type: ProviderType): boolean {
  return !KEYLESS_TYPES.includes(type)
}

/** Whether a new provider may come with keys. */
function mayHaveKeys(input: NewProvider, { bedrockCredentials }: CallerRules): boolean {
  return acceptsApiKeys(input.type) || bringCredentials(input) || (input.type === 'BEDROCK' && bedrockCredentials === 'keys')
}

/** Every rule that a new provider breaks, in the order of its fields. */
export function checkNewProvider(input: NewProvider, caller: CallerRules, checks: EndpointChecks): ValidationIssue[] {
  const rules = ruledBy(caller, input.asStored)
  const anyText = rules.keyCharacters === 'any'
  const { settings, network } = input
  return [
    ...checkName(input.name),
    ...checkTexts(input),
    ...(rules.refusesPastedText ? checkTyped(input) : []),
    ...(input.baseUrl === '' && (input.mayBePlaceholder || willHaveEndpoint(input, input.apiKeys))
      ? []
      : checkBaseUrl(input.baseUrl, rules, checks, network)),
    ...checkNewApiKeys(input.apiKeys, anyText, keyEndpointRefusal(rules, checks)),
    ...checkRouteFields(input),
    ...checkCallHeaders(input.callHeaders),
    ...(input.apiKeys.length > 0 && !mayHaveKeys(input, rules) ? [keysNotSupported(input.type)] : []),
    ...(rules.bedrockCredentials === 'keys' || input.asStored || bringCredentials(input) ? [] : checkSettingsOfType(input.type, settings)),
    ...(settings === undefined ? [] : [...checkBedrockSettings(settings, anyText), ...checkExternalId(settings, undefined)]),
    ...(network === undefined ? [] : checkFreshNetwork(network, checks)),
    ...checkExtensionFields(input),
  ]
}

/** The rules that a change breaks whatever it is applied to. */
export function checkProviderChanges(changes: ProviderChanges, caller: CallerRules, checks: EndpointChecks): ValidationIssue[] {
  const rules = ruledBy(caller, changes.asStored)
  const anyText = rules.keyCharacters === 'any'
  const { baseUrl, apiKeys, settings, network } = changes
  return [
    ...checkTexts(changes),
    ...(rules.refusesPastedText ? (apiKeys ?? []).flatMap(checkPastedChange) : []),
    ...(baseUrl === undefined ? [] : checkBaseUrl(baseUrl, rules, checks, network)),
    ...(apiKeys === undefined ? [] : checkApiKeyChanges(apiKeys, anyText, keyEndpointRefusal(rules, checks))),
    ...checkRouteFields(changes),
    ...checkCallHeaders(changes.callHeaders),
    ...(settings === undefined ? [] : checkBedrockSettings(settings, anyText)),
    // One that keeps fields is checked when these are known.
    ...(network === undefined || keepsFields(network) ? [] : checkNetwork(network, checks.checkProxy)),
    ...checkExtensionFields(changes),
  ]
}

const MAX_EXTENSION_CHARACTERS = 65_536

function checkExtensionFields({ extensions, sealedExtensions }: ExtensionFields): ValidationIssue[] {
  return [...checkExtensions(extensions, ['extensions'], MAX_EXTENSION_CHARACTERS), ...checkSealedExtensions(sealedExtensions)]
}

function checkTyped({ apiKeys, settings }: NewProvider): ValidationIssue[] {
  const keys = apiKeys.flatMap(({ value }, index) => checkPastedKey(value, ['apiKeys', `${index}`, ...VALUE]))
  return [...keys, ...checkRepeatedNewKeys(apiKeys), ...checkKeyPair(settings, null)]
}

function checkPastedChange(change: ApiKeyChange, index: number): ValidationIssue[] {
  if ('add' in change) return checkPastedKey(change.add.value, ['apiKeys', `${index}`, 'add', ...VALUE])
  return 'keep' in change ? checkPastedKey(change.keep.value, ['apiKeys', `${index}`, 'keep', ...VALUE]) : []
}

/** The API whose rules count: what was stored as it is may have come in through the one that takes the most. */
function ruledBy(caller: CallerRules, asStored: boolean | undefined): CallerRules {
  return asStored ? STORED_RULES : caller
}

/** Whether the keys of a new Bedrock provider bring what its settings would hold. */
export function bringCredentials({ type, settings, apiKeys }: Pick<NewProvider, 'type' | 'settings' | 'apiKeys'>): boolean {
  return (
    type === 'BEDROCK' && settings === undefined && apiKeys.length > 0 && apiKeys.every((key) => key.configuration?.parts !== undefined)
  )
}

/** Whether the provider allows private addresses is not known here, so those are the test's to refuse. */
function keyEndpointRefusal(rules: CallerRules, { checkEndpoint }: Pick<EndpointChecks, 'checkEndpoint'>): (url: string) => string | null {
  return (url) => checkEndpoint(url, rules, true)
}

/** The rules for a network behind which nothing is stored yet. */
export function checkFreshNetwork(network: NetworkInput, { checkProxy }: Pick<EndpointChecks, 'checkProxy'>): ValidationIssue[] {
  return [...checkKept(network, null), ...checkNetwork(network, checkProxy), ...checkMaskedHeaders(network, null)]
}

function keysNotSupported(type: ProviderType): ValidationIssue {
  return {
    path: ['apiKeys'],
    rule: 'API_KEYS_NOT_SUPPORTED',
    message: `A provider of type ${type} has no stored API keys. ${keylessReason(type)}`,
  }
}

/** How a provider without stored API keys authenticates. */
export function keylessReason(type: ProviderType): string {
  return type === 'COPILOT'
    ? 'It uses the GitHub token of each caller.'
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

/** Whether a provider can have the name. */
export function isProviderName(name: string): boolean {
  return checkName(name).length === 0
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
  return [...checkText(input.displayName, ['displayName'], 2_000), ...checkText(input.icon, ['icon'], 8_192)]
}

/** The rules for a base URL, of a provider that has or gets this network configuration. */
export function checkBaseUrl(
  baseUrl: string,
  rules: CallerRules,
  { checkEndpoint }: Pick<EndpointChecks, 'checkEndpoint'>,
  network: { readonly allowPrivateNetwork: boolean | undefined } | undefined,
): ValidationIssue[] {
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
  if (hasSteps(parts.path))
    return issue('URL_NOT_ALLOWED', 'The path of the base URL must not contain "." or ".." segments, or a backslash.')
  if (rules.endpoint === 'strict' && hasCredential(parts.query)) return issue('URL_NOT_ALLOWED', CREDENTIAL_IN_QUERY)
  const refusal = checkEndpoint(baseUrl, rules, network?.allowPrivateNetwork ?? DEFAULT_NETWORK.allowPrivateNetwork)
  return refusal === null ? [] : issue('URL_NOT_ALLOWED', refusal)
}

/** Whether a stored base URL has a credential in its query: some dialects take one. */
export function hasCredentialInQuery(baseUrl: string): boolean {
  return hasCredential(parseBaseUrl(baseUrl)?.query ?? '')
}

const CREDENTIAL_IN_QUERY = 'The query of the base URL contains a credential. Put it into a header: URLs are shown, and end up in logs.'

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
