import { z } from 'zod'
import type { BifrostProviderFragment, BifrostSettingsFragment } from '../../generated/bifrost-documents.ts'
import { shownName } from '../name-aliases.ts'
import { maskText, REDACTED } from './mask.ts'
import { isStandard, NAME_ALIASES, shownBase } from './names.ts'
import { effectiveNumbers } from './numbers.ts'
import { type SecretBody, toSecretBody } from './secret.ts'
import { type NetworkBody, type ProviderBody, type StoredSettings, storedSettings } from './wire-provider.ts'

/** What Bifrost shows when a whole block was left out (Bifrost contract, section 2). */
const DEFAULT_NETWORK = {
  default_request_timeout_in_seconds: 300,
  max_retries: 0,
  retry_backoff_initial: 500,
  retry_backoff_max: 5_000,
  stream_idle_timeout_in_seconds: 120,
  max_conns_per_host: 5_000,
  keep_alive_timeout_in_seconds: 30,
}
const DEFAULT_SIZES = { concurrency: 1_000, buffer_size: 5_000 }

/** What only Bifrost keeps of a provider; null when it was never written through Bifrost. */
export function readStored({ extensions }: Pick<BifrostSettingsFragment, 'extensions'>): StoredSettings | null {
  return kept.safeParse(extensions).data?.bifrost ?? null
}

/** The name that a provider has here: the rules for standard names ask for this one. */
export function nameOf(provider: Pick<BifrostSettingsFragment, 'name' | 'extensions'>): string {
  return shownName(NAME_ALIASES, provider.name, readStored(provider))
}

const kept = z.object({ bifrost: storedSettings })

/** What a provider is based on, when it is shown as a custom one; null for a standard name, and for a placeholder of an unknown one. */
export function customConfigOf(provider: BifrostSettingsFragment): NonNullable<ProviderBody['custom_provider_config']> | null {
  const stored = readStored(provider)
  if (stored !== null) return stored.custom_provider_config ?? null
  // A provider that was made elsewhere under a name of its own is a custom one in Bifrost's eyes.
  return isStandard(nameOf(provider)) ? null : { is_key_less: provider.type === 'COPILOT', base_provider_type: shownBase(provider.type) }
}

/** A provider as Bifrost's API shows it (Bifrost contract, section 1.4). */
export function toProviderBody(provider: BifrostProviderFragment): ProviderBody {
  const stored = readStored(provider)
  const custom = customConfigOf(provider)
  return {
    name: nameOf(provider),
    network_config: toNetworkBody(provider, stored),
    concurrency_and_buffer_size: stored?.concurrency_and_buffer_size ?? DEFAULT_SIZES,
    proxy_config: toProxyBody(provider, stored),
    send_back_raw_request: stored?.send_back_raw_request ?? false,
    send_back_raw_response: stored?.send_back_raw_response ?? false,
    store_raw_request_response: stored?.store_raw_request_response ?? false,
    ...(custom === null ? {} : { custom_provider_config: custom }),
    ...(stored?.openai_config === undefined ? {} : { openai_config: stored.openai_config }),
    // Nothing is enabled without an endpoint, of its own or of a key.
    provider_status: provider.enabled ? 'active' : 'error',
    ...toStatus(provider.lastConnectionTest),
  }
}

/** What a deletion answers: the name alone is filled in (Bifrost contract, section 1.4). */
export function deletedBody(name: string): ProviderBody {
  const numbers = { default_request_timeout_in_seconds: 0, max_retries: 0, retry_backoff_initial: 0, retry_backoff_max: 0 }
  return {
    name,
    network_config: numbers,
    concurrency_and_buffer_size: { concurrency: 0, buffer_size: 0 },
    proxy_config: null,
    send_back_raw_request: false,
    send_back_raw_response: false,
    store_raw_request_response: false,
    provider_status: '',
  }
}

type Test = BifrostProviderFragment['lastConnectionTest']

/** The outcome of the latest discovery, which is our connection test (Bifrost contract, section 6). */
export function toStatus(test: Test): Pick<ProviderBody, 'status' | 'description'> {
  if (test === null || test.status === 'NOT_TESTABLE') return { status: 'unknown' }
  return test.status === 'OK' ? { status: 'success' } : { status: 'list_models_failed', description: test.message }
}

function toNetworkBody({ baseUrl, network }: BifrostProviderFragment, stored: StoredSettings | null): NetworkBody {
  const sent = stored === null ? {} : (stored.network_config ?? DEFAULT_NETWORK)
  const effective = effectiveNumbers(sent)
  // A number is shown as it was sent, as long as nobody has changed since what it comes to.
  const shown = (value: number | undefined, before: number, now: number, derived: number) =>
    stored !== null && before === now ? (value ?? 0) : derived
  const {
    default_request_timeout_in_seconds: seconds,
    max_retries: retries,
    retry_backoff_initial: initial,
    retry_backoff_max: longest,
  } = sent
  return {
    ...(baseUrl === '' ? {} : { base_url: baseUrl }),
    ...(network.extraHeaders.length === 0
      ? {}
      : { extra_headers: Object.fromEntries(network.extraHeaders.map(({ name, value }) => [name, value])) }),
    default_request_timeout_in_seconds: shown(seconds, effective.timeoutMs, network.timeoutMs, Math.ceil(network.timeoutMs / 1_000)),
    max_retries: shown(retries, effective.maxRetries, network.maxRetries, network.maxRetries),
    retry_backoff_initial: shown(initial, effective.retryBackoffInitialMs, network.retryBackoffInitialMs, network.retryBackoffInitialMs),
    retry_backoff_max: shown(longest, effective.retryBackoffMaxMs, network.retryBackoffMaxMs, network.retryBackoffMaxMs),
    ...(network.insecureSkipVerify ? { insecure_skip_verify: true } : {}),
    ...(network.caCertificate === null ? {} : { ca_cert_pem: maskText(network.caCertificate) }),
    ...toExtras(sent),
    ...(network.allowPrivateNetwork ? { allow_private_network: true } : {}),
  }
}

/** What the gateway itself has no use for. Empty values are left out, as Go leaves them out. */
function toExtras(sent: NonNullable<StoredSettings['network_config']>): Partial<NetworkBody> {
  const { stream_idle_timeout_in_seconds: idle, max_conns_per_host: connections, beta_header_overrides: betas } = sent
  const { keep_alive_timeout_in_seconds: keepAlive, http2_ping_interval_in_seconds: ping } = sent
  return {
    ...(idle ? { stream_idle_timeout_in_seconds: idle } : {}),
    ...(connections ? { max_conns_per_host: connections } : {}),
    ...(sent.enforce_http2 ? { enforce_http2: true } : {}),
    ...(betas && Object.keys(betas).length > 0 ? { beta_header_overrides: betas } : {}),
    ...(keepAlive ? { keep_alive_timeout_in_seconds: keepAlive } : {}),
    ...(ping ? { http2_ping_interval_in_seconds: ping } : {}),
  }
}

export const SHOWN_PROXY_TYPES = { HTTP: 'http', SOCKS5: 'socks5', ENVIRONMENT: 'environment' } as const

function toProxyBody({ network: { proxy } }: BifrostProviderFragment, stored: StoredSettings | null): ProviderBody['proxy_config'] {
  const certificate = redacted(stored?.proxy_ca_cert_pem !== undefined)
  if (proxy === null) {
    if (stored?.proxy_type !== 'none') return null
    return { type: 'none', url: null, username: null, password: null, ca_cert_pem: certificate }
  }
  const { type, url, username, hasPassword } = proxy
  return {
    type: SHOWN_PROXY_TYPES[type],
    url: masked(url),
    username: masked(username),
    password: redacted(hasPassword),
    ca_cert_pem: certificate,
  }
}

function masked(text: string | null): SecretBody | null {
  return text === null ? null : toSecretBody(maskText(text), null)
}

function redacted(isStored: boolean): SecretBody | null {
  return isStored ? toSecretBody(REDACTED, null) : null
}
