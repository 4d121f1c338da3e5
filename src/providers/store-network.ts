import { isDeepStrictEqual } from 'node:util'
import { maskKey } from '../api-keys/mask.ts'
import { listProviderSecrets, openProviderSecrets, type ProviderSecretField, storeProviderSecret } from '../api-keys/provider-secrets.ts'
import type { SecretOwner } from '../api-keys/secret-owner.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { DEFAULT_NETWORK, isAuthenticationHeader, type NetworkSettings } from '../upstream/client/network-settings.ts'
import {
  completeNetwork,
  headerField,
  type NetworkConfig,
  PROXY_PASSWORD,
  type ProxyConfig,
  readNetworkConfig,
  type StoredHeader,
} from './network-config.ts'
import { isStoredMask, type NetworkInput } from './network-input.ts'

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
    if (!isAuthenticationHeader(name)) return { name, value: value.reveal() }
    if (isStoredMask(header, stored)) {
      kept.push(headerField(name))
      return { name, masked: value.reveal() }
    }
    fresh.set(headerField(name), value)
    return { name, masked: maskKey(value.reveal()) }
  })
  const { proxy, password } = planProxy(input.proxy, stored?.proxy ?? null)
  if (password === 'keep') kept.push(PROXY_PASSWORD)
  else if (password !== null) fresh.set(PROXY_PASSWORD, password)
  const config = {
    extraHeaders,
    timeoutMs: input.timeoutMs ?? DEFAULT_NETWORK.timeoutMs,
    maxRetries: input.maxRetries ?? DEFAULT_NETWORK.maxRetries,
    retryBackoffInitialMs: input.retryBackoffInitialMs ?? DEFAULT_NETWORK.retryBackoffInitialMs,
    retryBackoffMaxMs: input.retryBackoffMaxMs ?? DEFAULT_NETWORK.retryBackoffMaxMs,
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

/** Seals the secrets of the plan and deletes those that it no longer has. */
export async function storeNetworkSecrets(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  { fresh, kept }: NetworkPlan,
): Promise<void> {
  const stored = await listProviderSecrets(transaction, owner.providerId)
  const dropped = stored.filter((field) => field.startsWith('network.') && !kept.some((one) => one === field))
  await transaction.providerSecret.deleteMany({ where: { providerId: owner.providerId, field: { in: dropped } } })
  for (const [field, value] of fresh) await storeProviderSecret(transaction, keyring, owner, field, value)
}

/**
 * Opens what is stored of a provider, for a call.
 * @throws UnreadableSecretError.
 */
export async function openNetwork(database: TransactionClient, keyring: Keyring, provider: Provider): Promise<NetworkSettings> {
  const config = readNetworkConfig(provider.network)
  const owner = { providerId: provider.id, type: provider.type, baseUrl: provider.baseUrl }
  const hasSecrets = config.proxy?.hasPassword === true || config.extraHeaders.some((header) => 'masked' in header)
  return completeNetwork(config, hasSecrets ? await openProviderSecrets(database, keyring, owner) : new Map())
}
