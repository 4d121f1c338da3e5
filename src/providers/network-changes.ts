import { Secret } from '../crypto/secret.ts'
import type { NetworkConfig } from '../destination/stored-rows.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { readNetworkConfig } from './network-config.ts'
import { checkNetwork, type HeaderInput, type KeepableField, type NetworkInput } from './network-input.ts'
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
 * Turns changes to a part of the network, and a network that keeps fields, into the whole that they lead to.
 * @throws ValidationError when that breaks a rule.
 */
export function settleNetwork(deps: ProviderDeps, provider: Provider, changes: ProviderChanges): ProviderChanges {
  const stored = readNetworkConfig(provider.network)
  const network = settledNetwork(stored, changes)
  if (network === null) return changes
  const missing = checkKept(network, stored)
  const issues = missing.length > 0 ? missing : checkNetwork(network, deps.checkProxy)
  if (issues.length > 0) throw new ValidationError(issues)
  return { ...changes, network }
}

/** Null when the changes are whole already. */
function settledNetwork(stored: NetworkConfig, { network, networkChanges }: ProviderChanges): NetworkInput | null {
  if (networkChanges !== undefined) return withNetworkChanges(stored, networkChanges)
  return network !== undefined && keepsFields(network) ? withKept(network, stored) : null
}

/** Whether the input is whole only together with what is stored. */
export function keepsFields({ keep = [] }: NetworkInput): boolean {
  return keep.length > 0
}

function withKept(input: NetworkInput, stored: NetworkConfig): NetworkInput {
  const { proxy } = input
  const kept = storedTexts(stored)
  const textOf = (field: KeepableField, given: string | undefined) => (input.keep?.includes(field) ? (kept[field] ?? undefined) : given)
  return {
    ...input,
    caCertificate: textOf('CA_CERTIFICATE', input.caCertificate),
    proxy: proxy && { ...proxy, url: textOf('PROXY_URL', proxy.url), username: textOf('PROXY_USERNAME', proxy.username) },
  }
}

/** The fields that are to stay although nothing is stored; `stored` is null for a provider that is not there yet. */
export function checkKept({ keep = [] }: NetworkInput, stored: NetworkConfig | null): ValidationIssue[] {
  const kept = storedTexts(stored)
  return keep
    .filter((field) => kept[field] === null)
    .map((field) => ({
      path: ['network', ...PLACE_OF[field]],
      rule: 'NOTHING_TO_KEEP',
      message: 'Nothing is stored here that could stay. Give the value.',
    }))
}

const PLACE_OF: Readonly<Record<KeepableField, readonly string[]>> = {
  CA_CERTIFICATE: ['caCertificate'],
  PROXY_URL: ['proxy', 'url'],
  PROXY_USERNAME: ['proxy', 'username'],
}

function storedTexts(stored: NetworkConfig | null): Readonly<Record<KeepableField, string | null>> {
  const { caCertificate = null, proxy = null } = stored ?? {}
  return { CA_CERTIFICATE: caCertificate, PROXY_URL: proxy?.url ?? null, PROXY_USERNAME: proxy?.username ?? null }
}
