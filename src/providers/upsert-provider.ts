import type { NewApiKey } from '../api-keys/api-key-input.ts'
import type { CallerRules } from '../auth/caller-rules.ts'
import type { Caller } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import { Fault, ProviderNameTakenError, ProviderNotFoundError, ValidationError, type ValidationIssue } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'
import type { BedrockSettingsInput } from './bedrock-settings.ts'
import type { CallSettings } from './call-settings.ts'
import { refuseBroken, storeProvider } from './create-provider.ts'
import { willHaveEndpoint } from './key-endpoint.ts'
import { lockLive } from './lock-provider.ts'
import type { NetworkInput } from './network-input.ts'
import { placeholderEnabled } from './placeholder.ts'
import type { ProviderDeps } from './provider-deps.ts'
import {
  acceptsApiKeys,
  bringCredentials,
  checkProviderChanges,
  type ExtensionFields,
  isProviderName,
  type NewProvider,
  type ProviderChanges,
  type TestAfterWrites,
} from './provider-input.ts'
import { type Changed, changeProvider } from './update-provider.ts'
import { typeByHost, vendorDefaults } from './vendor-defaults.ts'

/** A provider to create, or what to change about the one of this name. Undefined keeps what is stored, or takes the default. */
export interface ProviderUpsert extends CallSettings, ExtensionFields {
  readonly name: string
  readonly type: ProviderType | undefined
  /** Empty: the default again, as for a new provider. */
  readonly baseUrl: string | undefined
  /** Empty: the default again, as for a new provider. */
  readonly displayName: string | undefined
  readonly icon: string | undefined
  readonly enabled: boolean | undefined
  readonly modelsPath?: string | undefined
  readonly authentication?: string | undefined
  readonly testAfterWrites?: TestAfterWrites | undefined
  readonly settings: BedrockSettingsInput | undefined
  readonly network: NetworkInput | undefined
  /** Whether nothing is created: then the provider must be there. */
  readonly onlyIfExists?: boolean | undefined
  /** The whole set. */
  readonly apiKeys: readonly NewApiKey[] | undefined
  /** Whether it has no endpoint, not even that of the vendor of its name. */
  readonly placeholder?: boolean | undefined
  readonly asStored?: boolean | undefined
}

export interface Upserted extends Changed {
  readonly created: boolean
}

/** Only rivals that create and delete the same name all the time get in the way more than once. */
const MAX_ATTEMPTS = 8

/**
 * Creates a provider, or changes the one of its name. The database decides which: when another creates or deletes it in
 * between, the transaction rolls back and begins anew.
 * @throws ValidationError, ApiKeysNotSupportedError, KeyRequiredForNewEndpointError; ProviderNotFoundError when nothing is
 * to be created.
 */
export async function upsertProvider(deps: ProviderDeps, caller: Caller, input: ProviderUpsert): Promise<Upserted> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    try {
      return await deps.database.write((transaction) => upsertIn(transaction, deps, caller, input))
    } catch (error) {
      if (error instanceof ValidationError) throw new ValidationError(error.issues.map(asGiven))
      if (!(error instanceof ProviderNameTakenError)) throw error
    }
  }
  throw new Fault('SERVICE_UNAVAILABLE', 'Others keep creating and deleting this provider. Try again in a moment.', {
    retryAfterSeconds: 1,
  })
}

async function upsertIn(transaction: TransactionClient, deps: ProviderDeps, caller: Caller, input: ProviderUpsert): Promise<Upserted> {
  const now = deps.clock()
  // A name that no provider can have is not looked for: it may have any length and any characters.
  const stored = isProviderName(input.name) ? await lockLive(transaction, { name: input.name }, now) : null
  if (stored !== null) return { ...(await updateStored(transaction, deps, caller, stored, input, now)), created: false }
  if (input.onlyIfExists) throw new ProviderNotFoundError()
  const provider = toNewProvider(input, caller)
  refuseBroken(deps, caller, provider)
  return { id: await storeProvider(transaction, deps, caller, provider, now), unreadableSecrets: [], created: true }
}

/** The whole provider that the input stands for when there is none yet. */
export function toNewProvider(input: ProviderUpsert, { rules }: Caller): NewProvider {
  const { placeholder, onlyIfExists: _, apiKeys = [], ...given } = input
  const defaults = defaultsOf(input.name, rules)
  const baseUrl = placeholder ? '' : input.baseUrl || defaultBaseUrl(input, rules)
  const type = input.type ?? defaultType(input, baseUrl)
  const isPlaceholder = !willHaveEndpoint({ type, baseUrl }, apiKeys)
  if (isPlaceholder && input.enabled) throw new ValidationError([placeholderEnabled()])
  return {
    ...given,
    ...{ type, baseUrl, apiKeys },
    displayName: input.displayName || defaults.displayName,
    icon: input.icon ?? '',
    enabled: !isPlaceholder && (input.enabled ?? true),
    // A stated type needs an endpoint, unless keys bring their own: a placeholder speaks no protocol yet but OPENAI_COMPAT's.
    mayBePlaceholder: placeholder || rules.mayBePlaceholder || (input.type ?? 'OPENAI_COMPAT') === 'OPENAI_COMPAT',
  }
}

/** What a field takes that is left out or empty: the template of the caller's API, else the vendor's. */
function defaultsOf(name: string, { templates }: CallerRules): { readonly displayName: string; readonly templateUrl: string } {
  const template = templates.get(name)
  return { displayName: template?.displayName ?? vendorDefaults(name)?.displayName ?? '', templateUrl: template?.baseUrl ?? '' }
}

function defaultBaseUrl({ name, type }: ProviderUpsert, rules: CallerRules): string {
  const vendor = vendorDefaults(name)
  const isOtherType = type !== undefined && vendor !== null && type !== vendor.type
  return defaultsOf(name, rules).templateUrl || (isOtherType ? '' : (vendor?.baseUrl ?? ''))
}

/** The type by the name, else by the host, as long as it can have what is given. */
function defaultType({ name, settings, apiKeys = [] }: ProviderUpsert, baseUrl: string): ProviderType {
  const type = vendorDefaults(name)?.type ?? typeByHost(baseUrl) ?? 'OPENAI_COMPAT'
  const hasCredentials = settings !== undefined || bringCredentials({ type, settings, apiKeys })
  const fits = type === 'BEDROCK' ? hasCredentials : acceptsApiKeys(type) || apiKeys.length === 0
  return fits && willHaveEndpoint({ type, baseUrl }, apiKeys) ? type : 'OPENAI_COMPAT'
}

async function updateStored(
  transaction: TransactionClient,
  deps: ProviderDeps,
  caller: Caller,
  provider: Provider,
  input: ProviderUpsert,
  now: Date,
): Promise<Changed> {
  // An empty base URL means the default one, which only the stored provider decides.
  const { baseUrl, ...changes } = toChanges(input)
  const issues = checkProviderChanges({ ...changes, baseUrl: baseUrl || undefined }, caller.rules, deps)
  if (issues.length > 0) throw new ValidationError(issues)
  if (input.type !== undefined && input.type !== provider.type) throw new ValidationError([typeIsImmutable(provider)])
  return changeProvider(transaction, deps, caller, provider, withDefaults({ ...changes, baseUrl }, input.name, caller.rules), now)
}

function toChanges(input: ProviderUpsert): ProviderChanges {
  const { name: _, type: __, placeholder: ___, onlyIfExists: ____, apiKeys, ...kept } = input
  return { ...kept, apiKeys: apiKeys?.map((add) => ({ add })) }
}

/** Empty texts take the default again; for the endpoint it is the caller's own, or else the vendor's. */
function withDefaults(changes: ProviderChanges, name: string, rules: CallerRules): ProviderChanges {
  const defaults = defaultsOf(name, rules)
  const displayName = changes.displayName === '' ? defaults.displayName : changes.displayName
  if (changes.baseUrl !== '') return { ...changes, displayName }
  return defaults.templateUrl ? { ...changes, displayName, baseUrl: defaults.templateUrl } : { ...changes, displayName, resetBaseUrl: true }
}

/** An issue in the words of an upsert, whose keys are all new. */
function asGiven(issue: ValidationIssue): ValidationIssue {
  const [field, index = '', step, ...rest] = issue.path
  return field === 'apiKeys' && step === 'add' ? { ...issue, path: [field, index, ...rest] } : issue
}

function typeIsImmutable({ name, type }: Provider): ValidationIssue {
  return { path: ['type'], rule: 'IMMUTABLE', message: `The provider "${name}" is of type ${type}, and a type cannot be changed.` }
}
