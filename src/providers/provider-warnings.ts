import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { readNetworkConfig } from './network-config.ts'
import type { ProviderDeps } from './provider-deps.ts'

/** Something that is stored as it was given, and that tests and calls will refuse. */
export interface ProviderWarning {
  /** Where in the provider, e.g. `["baseUrl"]`. */
  readonly path: readonly string[]
  /** What will happen and what to do. */
  readonly message: string
}

/**
 * What tests and calls of a provider will refuse under this gateway's settings, as far as the looks of its addresses tell. It
 * is saved all the same: a registry describes other networks too.
 * @param keyEndpoints The own endpoints of its keys, in the order of the keys; null for a key without one.
 */
export function warningsOf(
  { endpointWarning }: Pick<ProviderDeps, 'endpointWarning'>,
  { baseUrl, network }: Pick<Provider, 'baseUrl' | 'network'>,
  keyEndpoints: readonly (string | null)[],
): ProviderWarning[] {
  const { allowPrivateNetwork, proxy } = readNetworkConfig(network)
  const urls = [
    { path: ['baseUrl'], url: baseUrl },
    ...keyEndpoints.map((url, index) => ({ path: ['apiKeys', String(index), 'endpoint'], url })),
    { path: ['network', 'proxy', 'url'], url: proxy?.url },
  ]
  return urls.flatMap(({ path, url }) => {
    const message = url ? endpointWarning(url, allowPrivateNetwork) : null
    return message === null ? [] : [{ path, message: `Saved, but tests and calls are refused. ${message}` }]
  })
}
