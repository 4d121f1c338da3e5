import { Secret } from '../crypto/secret.ts'
import { ValidationError } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { type NetworkConfig, readNetworkConfig } from './network-config.ts'
import { checkNetwork, type HeaderInput, type NetworkInput } from './network-input.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { ProviderChanges } from './provider-input.ts'

/** Changes to the parts of a network configuration that more than one API knows; undefined leaves a part as it is. */
export interface NetworkChanges {
  readonly extraHeaders: readonly HeaderInput[] | undefined
  readonly timeoutMs: number | undefined
}

/** The whole configuration that changes lead to, as it is given: masks stand for the sealed parts, which so stay. */
export function withNetworkChanges(stored: NetworkConfig, changes: NetworkChanges): NetworkInput {
  const { extraHeaders, proxy, caCertificate, ...rest } = stored
  return {
    ...rest,
    timeoutMs: changes.timeoutMs ?? stored.timeoutMs,
    extraHeaders: changes.extraHeaders ?? extraHeaders.map(asGiven),
    caCertificate: caCertificate ?? undefined,
    proxy:
      proxy === null ? undefined : { ...proxy, url: proxy.url ?? undefined, username: proxy.username ?? undefined, password: undefined },
  }
}

function asGiven(header: NetworkConfig['extraHeaders'][number]): HeaderInput {
  return { name: header.name, value: new Secret('value' in header ? header.value : header.masked) }
}

/**
 * Turns changes to a part of the network into the whole that they lead to.
 * @throws ValidationError when that breaks a rule.
 */
export function settleNetwork(deps: ProviderDeps, provider: Provider, changes: ProviderChanges): ProviderChanges {
  if (changes.networkChanges === undefined) return changes
  const network = withNetworkChanges(readNetworkConfig(provider.network), changes.networkChanges)
  const issues = checkNetwork(network, deps.checkProxy)
  if (issues.length > 0) throw new ValidationError(issues)
  return { ...changes, network }
}
