import { z } from 'zod'
import type { ProviderSecretField } from '../api-keys/provider-secrets.ts'
import type { Secret } from '../crypto/secret.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import { DEFAULT_NETWORK, type NetworkSettings } from '../upstream/client/network-settings.ts'

const plainHeader = z.strictObject({ name: z.string(), value: z.string() })
/** The value of an authentication header is sealed in a table that no read of this one reaches; here is what may be shown of it. */
const sealedHeader = z.strictObject({ name: z.string(), masked: z.string() })

/** The column `network`: complete but for the secrets. */
const storedNetwork = z.object({
  extraHeaders: z.array(z.union([plainHeader, sealedHeader])),
  timeoutMs: z.int(),
  maxRetries: z.int(),
  retryBackoffInitialMs: z.int(),
  retryBackoffMaxMs: z.int(),
  insecureSkipVerify: z.boolean(),
  caCertificate: z.string().nullable(),
  allowPrivateNetwork: z.boolean(),
  proxy: z
    .object({
      type: z.enum(['HTTP', 'SOCKS5', 'ENVIRONMENT']),
      url: z.string().nullable(),
      username: z.string().nullable(),
      hasPassword: z.boolean(),
    })
    .nullable(),
})

/** How a provider is reached, without the secrets that this takes. */
export type NetworkConfig = z.infer<typeof storedNetwork>
export type StoredHeader = NetworkConfig['extraHeaders'][number]
export type ProxyConfig = NonNullable<NetworkConfig['proxy']>

/** The field of the proxy's password among the secrets of a provider. */
export const PROXY_PASSWORD = 'network.proxy.password' satisfies ProviderSecretField

/** The field of an authentication header's value among the secrets of a provider. */
export function headerField(name: string): ProviderSecretField {
  return `network.header.${name.toLowerCase()}`
}

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
    ...rest,
    extraHeaders: extraHeaders.map((header) =>
      'value' in header ? header : { name: header.name, value: reveal(headerField(header.name)) },
    ),
    proxy: proxy && {
      type: proxy.type,
      url: proxy.url,
      username: proxy.username,
      password: proxy.hasPassword ? reveal(PROXY_PASSWORD) : null,
    },
  }
}
