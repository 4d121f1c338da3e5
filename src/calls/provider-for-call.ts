import { z } from 'zod'
import type { StoredProvider } from '../api-keys/read-stored-provider.ts'
import type { ApiKey, Provider } from '../generated/prisma-sqlite/client.ts'
import { type CallRoutes, readCallRoutes } from '../providers/call-routes.ts'
import { type EndpointColumns, hasEndpoint } from '../providers/key-endpoint.ts'
import { readNetworkConfig } from '../providers/network-config.ts'
import type { ProviderDeps } from '../providers/provider-deps.ts'
import { callOpener, readProviderForUse } from '../providers/provider-for-use.ts'
import { networkOpener } from '../providers/store-network.ts'
import type { NetworkSettings } from '../upstream/client/network-settings.ts'
import { parseTarget, type Target } from '../upstream/client/target.ts'
import { cleanBase } from '../upstream/vendors/base-url.ts'
import type { Credential } from '../upstream/vendors/credential.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import { presetByHost, presetByName, type VendorPreset } from '../upstream/vendors/vendor-presets.ts'

/** A key, still sealed. A provider whose credential is its own has one, with the provider's id. */
export interface KeyForCall {
  readonly id: string
  /** Null where the credential is the provider's own, or there is none. */
  readonly apiKeyId: string | null
  /** Safe to show; null where `apiKeyId` is. */
  readonly masked: string | null
  /** Another one with each other value: what was found out about the old value does not hold for it. */
  readonly edition: string
  readonly enabled: boolean
  /** 0 serves when no other can. */
  readonly weight: number
  /** Globs of the models that it serves; null for all. */
  readonly models: readonly string[] | null
  /** Globs of the models that it does not serve; null for none. */
  readonly exceptModels: readonly string[] | null
  /** Opens it, for one attempt. @throws UnreadableSecretError, SecretVariableError. */
  open(): OpenedKey
}

export interface OpenedKey {
  readonly credential: Credential
  /** The endpoint of this key alone; null for the provider's. */
  readonly endpoint: Target | null
  readonly network: NetworkSettings
}

/** Everything that calls need to know of a provider, read in one state of the data. No secret in it is open. */
export interface ProviderForCall {
  readonly id: string
  readonly name: string
  /** What the credential opens: an Anthropic provider may hold Bedrock settings. */
  readonly type: ProviderType
  /** Of an OpenAI-compatible provider: the vendor whose host it names, else the one that it was made for. */
  readonly preset: VendorPreset | null
  /** Which header carries the key: see `AuthorizationRules`. */
  readonly authentication: string
  readonly enabled: boolean
  /** Null when there is none, or none that can be called. */
  readonly endpoint: Target | null
  readonly callRoutes: CallRoutes
  /** More headers that callers may send, in lower case. */
  readonly callHeaders: ReadonlySet<string>
  /** Milliseconds; null until somebody sets it. */
  readonly timeoutMs: number | null
  readonly maxRetries: number
  readonly retryBackoffInitialMs: number
  readonly retryBackoffMaxMs: number
  /** Whether callers bring the credential themselves. */
  readonly isCallersOwn: boolean
  readonly keys: readonly KeyForCall[]
  /** Another one with whatever decides how the vendor is reached: connections made under the old one take no more calls. */
  readonly connectionKey: string
  /** Opens how the vendor is reached. @throws UnreadableSecretError. */
  openNetwork(): NetworkSettings
}

export type ReadProviderDeps = Pick<ProviderDeps, 'database' | 'keyring' | 'readSecretVariable'>

/** Reads a provider by its name, disabled ones too, in one state of the data; null when there is none. */
export async function readProviderForCall(deps: ReadProviderDeps, name: string): Promise<ProviderForCall | null> {
  const use = await readProviderForUse(deps.database, { name })
  if (use === null) return null
  const { provider, stored } = use
  const network = readNetworkConfig(provider.network)
  return {
    id: provider.id,
    name: provider.name,
    type: provider.settings === null ? provider.type : 'BEDROCK',
    preset: provider.type === 'OPENAI_COMPAT' ? presetOf(provider) : null,
    authentication: provider.authentication,
    enabled: provider.enabled,
    endpoint: endpointOf(provider.baseUrl),
    callRoutes: readCallRoutes(provider.callRoutes),
    callHeaders: new Set(z.array(z.string().toLowerCase()).parse(provider.callHeaders ?? [])),
    timeoutMs: provider.network === null ? null : network.timeoutMs,
    maxRetries: network.maxRetries,
    retryBackoffInitialMs: network.retryBackoffInitialMs,
    retryBackoffMaxMs: network.retryBackoffMaxMs,
    isCallersOwn: provider.type === 'COPILOT',
    keys: keysOf(deps, use),
    connectionKey: connectionKeyOf(use),
    openNetwork: openerOf(() => networkOpener(deps.keyring, stored)),
  }
}

/** Of a proxy's password the sealed text alone tells whether it is another one. */
function connectionKeyOf({ provider: { baseUrl, network }, stored }: StoredProvider): string {
  const secrets = [...stored.sealed.fields].flatMap(([field, { sealed }]) => (field.startsWith('network.') ? [[field, sealed]] : []))
  return JSON.stringify([baseUrl, network, secrets.sort()])
}

const models = z.array(z.string()).nullable()

/** Which models a key serves, by its row; without one, all. */
export function modelGlobsOf(row: Pick<ApiKey, 'models' | 'exceptModels'> | null): Pick<KeyForCall, 'models' | 'exceptModels'> {
  return { models: models.parse(row?.models ?? null), exceptModels: models.parse(row?.exceptModels ?? null) }
}

function keysOf(deps: ReadProviderDeps, use: StoredProvider): KeyForCall[] {
  const { provider, stored } = use
  return servingKeys(provider, stored.keys).map((row) => {
    const open = openerOf(() => callOpener(deps, use, row))
    return {
      ...identityOf(provider, row),
      apiKeyId: row?.id ?? null,
      masked: row?.masked ?? null,
      enabled: true,
      weight: row?.weight ?? 1,
      ...modelGlobsOf(row),
      open: () => {
        const { credential, baseUrl, network } = open()
        return { credential, endpoint: baseUrl === provider.baseUrl ? null : endpointOf(baseUrl), network }
      },
    }
  })
}

/** What opens something sealed, made when it is first needed: one that cannot be made is a matter of the attempt that needs it. */
function openerOf<T>(make: () => () => T): () => T {
  let known: (() => T) | null = null
  return () => {
    known ??= make()
    return known()
  }
}

/** The keys with which calls go out: the enabled ones that have an endpoint, or null for what the provider itself has, where it needs none. */
export function servingKeys<Row extends EndpointColumns>(provider: Provider, keys: readonly Row[]): (Row | null)[] {
  const usesOwn = provider.settings !== null || keys.length === 0
  if (!usesOwn) return keys.filter((key) => key.enabled && hasEndpoint(provider, [key]))
  return mayGoWithoutKey(provider) ? [null] : []
}

/** Under what the state of a key is kept; null is the provider's own credential. */
export function identityOf({ id, version }: Pick<Provider, 'id' | 'version'>, key: KeyRow | null): Pick<KeyForCall, 'id' | 'edition'> {
  return key === null ? { id, edition: String(version) } : { id: key.id, edition: editionOf(key) }
}

export type KeyRow = Pick<ApiKey, 'id' | 'availabilityResets'>

/** Another one with each other value, and with each reset: every replica forgets then what it has found out. */
export function editionOf({ availabilityResets }: KeyRow): string {
  return String(availabilityResets)
}

/** What a call carries where no key is stored: the provider's own credential, its callers', one in a header, or none that is needed. */
function mayGoWithoutKey(provider: Provider): boolean {
  const { type, settings, network } = provider
  if (settings !== null || type === 'COPILOT') return true
  if (readNetworkConfig(network).extraHeaders.some((header) => 'masked' in header)) return true
  return type === 'OPENAI_COMPAT' && presetOf(provider)?.needsKey !== true
}

function presetOf({ vendorPreset, baseUrl }: Provider): VendorPreset | null {
  return presetByHost(baseUrl) ?? (vendorPreset === null ? null : presetByName(vendorPreset))
}

/** Null when there is none, or none that can be called. */
export function endpointOf(baseUrl: string): Target | null {
  const parsed = parseTarget(baseUrl)
  return parsed.kind === 'target' ? cleanBase(parsed.target) : null
}
