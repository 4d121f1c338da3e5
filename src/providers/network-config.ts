import { headerField, type ProviderSecretField } from '../api-keys/secret-binding.ts'
import type { Secret } from '../crypto/secret.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import { type NetworkConfig, storedNetwork } from '../destination/stored-rows.ts'
import { DEFAULT_NETWORK, type NetworkSettings } from '../upstream/client/network-settings.ts'

export type StoredHeader = NetworkConfig['extraHeaders'][number]
export type ProxyConfig = NonNullable<NetworkConfig['proxy']>

/** The field of the proxy's password among the secrets of a provider. */
export const PROXY_PASSWORD = 'network.proxy.password' satisfies ProviderSecretField

/** Reads the column `network`: the defaults when nothing was ever set. */
export function readNetworkConfig(column: unknown): NetworkConfig {
  return column === null ? { ...DEFAULT_NETWORK, extraHeaders: [], proxy: null } : storedNetwork.parse(column)
}

/**
 * The configuration with its secrets put back, as a call takes it.
 * @throws UnreadableSecretError when a secret that it names is not there.
 */
export function completeNetwork(config: NetworkConfig, secrets: ReadonlyMap<string, Secret>): NetworkSettings {
  const reveal = (field: string): string => {
    const secret = secrets.get(field)
    if (secret === undefined) throw new UnreadableSecretError('MALFORMED')
    return secret.reveal()
  }
  const { extraHeaders, proxy, ...rest } = config
  return {
    extraHeaders: extraHeaders.map((header) =>
      'value' in header ? { name: header.name, value: header.value } : { name: header.name, value: reveal(headerField(header.name)) },
    ),
    proxy: proxy && {
      type: proxy.type,
      url: proxy.url,
      username: proxy.username,
      password: proxy.hasPassword ? reveal(PROXY_PASSWORD) : null,
    },
    ...rest,
  }
}
