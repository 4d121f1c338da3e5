import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { maskKey } from '../api-keys/mask.ts'
import type { StoredKeys } from '../api-keys/plan-key-changes.ts'
import { fieldOpener, type SealedSecrets } from '../api-keys/provider-secrets.ts'
import { headerField, type ProviderSecretField } from '../api-keys/secret-binding.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import { isBoundHeader } from '../destination/destination.ts'
import type { NetworkConfig } from '../destination/stored-rows.ts'
import { DEFAULT_NETWORK, type NetworkSettings } from '../upstream/client/network-settings.ts'
import { completeNetwork, PROXY_PASSWORD, type ProxyConfig, readNetworkConfig, type StoredHeader } from './network-config.ts'
import { isSealedHeader, type NetworkInput, storedMask } from './network-input.ts'

/** What storing a network configuration would do. */
export interface NetworkPlan {
  /** As the column `network` takes it. */
  readonly config: NetworkConfig
  /** The secrets that are given, to be sealed. */
  readonly fresh: ReadonlyMap<ProviderSecretField, Secret>
  /** The stored secrets that stay. */
  readonly kept: readonly ProviderSecretField[]
}

/** Says what storing the input over what is stored would do. The input has passed its checks. */
export function planNetwork(input: NetworkInput, stored: NetworkConfig | null): NetworkPlan {
  const fresh = new Map<ProviderSecretField, Secret>()
  const kept: ProviderSecretField[] = []
  const extraHeaders = (input.extraHeaders ?? []).map((header): StoredHeader => {
    const { name, value } = header
    const known = storedMask(header, stored)
    if (known !== undefined) {
      kept.push(headerField(name))
      return { ...known, name }
    }
    if (!isSealedHeader(header)) return { name, value: value.reveal(), bound: isBoundHeader(name) }
    fresh.set(headerField(name), value)
    return { name, masked: maskKey(value.reveal()), valueId: randomUUID() }
  })
  const { proxy, password } = planProxy(input.proxy, stored?.proxy ?? null)
  if (password === 'keep') kept.push(PROXY_PASSWORD)
  else if (password !== null) fresh.set(PROXY_PASSWORD, password)
  const { retryBackoffInitialMs: initial, retryBackoffMaxMs: longest } = input
  const config = {
    extraHeaders,
    timeoutMs: input.timeoutMs ?? DEFAULT_NETWORK.timeoutMs,
    maxRetries: input.maxRetries ?? DEFAULT_NETWORK.maxRetries,
    // A default gives way to the other one that is given: what is stored keeps the rule that the first is not the longer one.
    retryBackoffInitialMs: initial ?? Math.min(DEFAULT_NETWORK.retryBackoffInitialMs, longest ?? DEFAULT_NETWORK.retryBackoffMaxMs),
    retryBackoffMaxMs: longest ?? Math.max(DEFAULT_NETWORK.retryBackoffMaxMs, initial ?? 0),
    insecureSkipVerify: input.insecureSkipVerify ?? DEFAULT_NETWORK.insecureSkipVerify,
    caCertificate: input.caCertificate || null,
    allowPrivateNetwork: input.allowPrivateNetwork ?? DEFAULT_NETWORK.allowPrivateNetwork,
    proxy,
  }
  return { config, fresh, kept }
}

function planProxy(
  input: NetworkInput['proxy'],
  stored: ProxyConfig | null,
): { readonly proxy: ProxyConfig | null; readonly password: Secret | 'keep' | null } {
  if (input === undefined) return { proxy: null, password: null }
  const stays = input.password === undefined && stored?.hasPassword === true && input.type !== 'ENVIRONMENT'
  const given = input.password === undefined || input.password.reveal() === '' ? null : input.password
  const password = stays ? 'keep' : given
  const { type, url, username } = input
  return { proxy: { type, url: url || null, username: username || null, hasPassword: password !== null }, password }
}

/** The fields that the plan changes, for the audit log. */
export function changedNetworkFields(before: NetworkConfig, { config, fresh }: NetworkPlan): string[] {
  const differs = (field: keyof NetworkConfig) => !isDeepStrictEqual(before[field], config[field])
  const hasFresh = (prefix: string) => Array.from(fresh.keys()).some((field) => field.startsWith(prefix))
  const isChanged = {
    extraHeaders: differs('extraHeaders') || hasFresh('network.header.'),
    timeoutMs: differs('timeoutMs'),
    maxRetries: differs('maxRetries'),
    retryBackoffInitialMs: differs('retryBackoffInitialMs'),
    retryBackoffMaxMs: differs('retryBackoffMaxMs'),
    insecureSkipVerify: differs('insecureSkipVerify'),
    caCertificate: differs('caCertificate'),
    allowPrivateNetwork: differs('allowPrivateNetwork'),
    proxy: differs('proxy') || hasFresh(PROXY_PASSWORD),
  } satisfies Record<keyof NetworkConfig, boolean>
  return Object.entries(isChanged).flatMap(([field, changed]) => (changed ? [field] : []))
}

/** What the plan does to the secrets: what it no longer has goes. */
export function networkSecretChanges({ fresh, kept }: NetworkPlan, sealed: SealedSecrets): Map<string, Secret | null> {
  const dropped = Array.from(sealed.fields.keys()).filter((field) => field.startsWith('network.') && !kept.some((one) => one === field))
  return new Map([...dropped.map((field) => [field, null] as const), ...fresh])
}

/**
 * Opens the network of what was read at once, each time that it is called.
 * @throws UnreadableSecretError. The opener throws it too.
 */
export function networkOpener(keyring: Keyring, { rows, sealed }: StoredKeys): () => NetworkSettings {
  const config = readNetworkConfig(rows.provider.network)
  const openers = sealedFields(config).map((field) => [field, fieldOpener(keyring, rows, sealed, field)] as const)
  if (openers.length === 0) {
    const open = completeNetwork(config, new Map())
    return () => open
  }
  return () => {
    const secrets = openers.flatMap(([field, open]) => {
      const secret = open()
      return secret === undefined ? [] : [[field, secret] as const]
    })
    return completeNetwork(config, new Map<string, Secret>(secrets))
  }
}

/** The secrets that a configuration has. */
export function sealedFields({ extraHeaders, proxy }: NetworkConfig): ProviderSecretField[] {
  const headers = extraHeaders.flatMap((header): ProviderSecretField[] => ('masked' in header ? [headerField(header.name)] : []))
  return proxy?.hasPassword ? [...headers, PROXY_PASSWORD] : headers
}
