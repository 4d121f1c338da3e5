import { Secret } from '../crypto/secret.ts'
import type { NetworkConfig } from '../destination/stored-rows.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { readNetworkConfig } from './network-config.ts'
import { checkNetwork, type HeaderInput, type KeepableField, type NetworkInput } from './network-input.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { ProviderChanges } from './provider-input.ts'

/** The input with what is stored in place of each field that it leaves out: masks stand for the sealed parts, which so stay. */
function withOthers(input: NetworkInput, stored: NetworkConfig): NetworkInput {
  if (!input.keepOthers) return input
  return {
    extraHeaders: input.extraHeaders ?? stored.extraHeaders.map(asGiven),
    timeoutMs: input.timeoutMs ?? stored.timeoutMs,
    maxRetries: input.maxRetries ?? stored.maxRetries,
    retryBackoffInitialMs: input.retryBackoffInitialMs ?? stored.retryBackoffInitialMs,
    retryBackoffMaxMs: input.retryBackoffMaxMs ?? stored.retryBackoffMaxMs,
    insecureSkipVerify: input.insecureSkipVerify ?? stored.insecureSkipVerify,
    caCertificate: input.caCertificate ?? stored.caCertificate ?? undefined,
    allowPrivateNetwork: input.allowPrivateNetwork ?? stored.allowPrivateNetwork,
    proxy: input.proxy ?? storedProxy(stored),
    keep: input.keep,
  }
}

function storedProxy({ proxy }: NetworkConfig): NetworkInput['proxy'] {
  return proxy === null
    ? undefined
    : { type: proxy.type, url: proxy.url ?? undefined, username: proxy.username ?? undefined, password: undefined }
}

function asGiven(header: NetworkConfig['extraHeaders'][number]): HeaderInput {
  return { name: header.name, value: new Secret('value' in header ? header.value : header.masked) }
}

/**
 * Turns a network that keeps fields into the whole that it leads to.
 * @throws ValidationError when that breaks a rule.
 */
export function resolveNetwork(deps: ProviderDeps, provider: Provider, changes: ProviderChanges): ProviderChanges {
  if (changes.network === undefined || !keepsFields(changes.network)) return changes
  const stored = readNetworkConfig(provider.network)
  const network = withKept(withOthers(changes.network, stored), stored)
  const missing = checkKept(network, stored)
  const issues = missing.length > 0 ? missing : checkNetwork(network, deps.checkProxy)
  if (issues.length > 0) throw new ValidationError(issues)
  return { ...changes, network }
}

/** Whether the input is whole only together with what is stored. */
export function keepsFields({ keep = [], keepOthers = false }: NetworkInput): boolean {
  return keep.length > 0 || keepOthers
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
      message: 'No value is stored here to keep. Give the value.',
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
