import type { BifrostSettingsFragment, NetworkConfigInput, TestAfterWrites } from '../../generated/bifrost-documents.ts'
import { keptName } from '../name-aliases.ts'
import { spellOut } from './allowed-requests.ts'
import { isBaseType, type KeepableFields } from './check-provider.ts'
import { NAME_ALIASES } from './names.ts'
import { effectiveNumbers, type Numbers } from './numbers.ts'
import { readSecret } from './secret.ts'
import { readStored, SHOWN_PROXY_TYPES } from './to-response.ts'
import type { CustomRequest, NetworkRequest, ProxyRequest, SettingsRequest } from './wire-provider.ts'

/** The fields of a stored provider that a mask can keep. */
export function keepableFields(stored: BifrostSettingsFragment | null): KeepableFields {
  return {
    caCertificate: stored?.network.caCertificate ?? null,
    proxy: stored?.network.proxy ?? null,
    hasProxyCertificate: stored !== null && readStored(stored)?.proxy_ca_cert_pem !== undefined,
  }
}

/** The network and the proxy of a request: what the gateway uses of them. They replace what is stored. */
export function toNetwork({ network_config: network, proxy_config: proxy }: SettingsRequest): NetworkConfigInput {
  const masked = [
    ['CA_CERTIFICATE', network?.ca_cert_pem],
    ['PROXY_URL', proxy?.url],
    ['PROXY_USERNAME', proxy?.username],
  ] as const
  return {
    ...effectiveNumbers(toNumbers(network ?? {})),
    extraHeaders: Object.entries(network?.extra_headers ?? {}).map(([name, value]) => ({ name, value })),
    insecureSkipVerify: network?.insecure_skip_verify ?? false,
    allowPrivateNetwork: network?.allow_private_network ?? false,
    caCertificate: textOf(network?.ca_cert_pem),
    proxy: toProxy(proxy),
    keep: masked.filter(([, given]) => readSecret(given).kind === 'mask').map(([field]) => field),
  }
}

/**
 * The documentation shows proxies without their type (seed "Get a specific provider"): then the URL tells it, and when that
 * is a mask, what is stored.
 */
export function withProxyType<Request extends SettingsRequest>(request: Request, stored: BifrostSettingsFragment | null): Request {
  const { proxy_config: proxy } = request
  if (!proxy || proxy.type) return request
  const url = readSecret(proxy.url)
  const storedType = stored?.network.proxy?.type
  const typeOfMask = url.kind === 'mask' && storedType !== undefined ? SHOWN_PROXY_TYPES[storedType] : 'none'
  const type = url.kind === 'plain' ? (/^socks5:/i.test(url.value) ? 'socks5' : 'http') : typeOfMask
  return { ...request, proxy_config: { ...proxy, type } }
}

const PROXY_TYPES = { http: 'HTTP', socks5: 'SOCKS5', environment: 'ENVIRONMENT' } as const

function toProxy(proxy: ProxyRequest | null | undefined): NetworkConfigInput['proxy'] {
  const type = proxy?.type || 'none'
  if (!proxy || type === 'none') return null
  const password = readSecret(proxy.password)
  return {
    type: PROXY_TYPES[type],
    url: textOf(proxy.url),
    username: textOf(proxy.username),
    // Left out, the stored one stays: that is what the mask means. Without one it is cleared.
    ...(password.kind === 'mask' ? {} : { password: password.kind === 'plain' ? password.value : '' }),
  }
}

/** A text as it is given; a mask of one gives none. */
function textOf(given: Parameters<typeof readSecret>[0]): string {
  const secret = readSecret(given)
  return secret.kind === 'plain' ? secret.value : ''
}

/** What only Bifrost keeps, as the extension of a provider: `null` deletes, and what is left out stays. */
export function toSettings(name: string, request: SettingsRequest, isNew: boolean): Record<string, unknown> {
  const { network_config: network, concurrency_and_buffer_size: sizes, openai_config: openai, store_raw_request_response: store } = request
  return {
    ...keptName(NAME_ALIASES, name),
    // A POST without the block takes its defaults, a PUT without it the block of zeros (Bifrost contract, section 4).
    network_config: network || !isNew ? toNumbers(network ?? {}) : null,
    concurrency_and_buffer_size: sizes ?? null,
    send_back_raw_request: request.send_back_raw_request ?? false,
    send_back_raw_response: request.send_back_raw_response ?? false,
    // The one flag that a PUT without it keeps (Bifrost contract, section 4).
    ...(store == null ? {} : { store_raw_request_response: store }),
    openai_config: openai ? { disable_store: openai.disable_store ?? false } : null,
    ...toProxySettings(request.proxy_config),
    ...toCustomSettings(request.custom_provider_config),
  }
}

/** What the gateway itself uses of a custom provider: left out, it stays as it is. */
export function toRoute({ custom_provider_config: custom }: SettingsRequest): { modelsPath?: string; testAfterWrites?: TestAfterWrites } {
  if (!custom || !isBaseType(custom.base_provider_type)) return {}
  const { is_key_less: isKeyless, allowed_requests: allowed, request_path_overrides: paths } = custom
  // A custom provider that may not list its models is not asked for them.
  const isRefused = allowed !== null && allowed !== undefined && spellOut(allowed).list_models !== true
  return { modelsPath: followed(paths?.list_models ?? ''), testAfterWrites: isRefused ? 'NEVER' : isKeyless ? 'ALWAYS' : 'WITH_KEYS' }
}

/** An override is kept as it was sent, and followed only when it can be a path below the base URL (Bifrost contract, decisions at its top). */
function followed(path: string): string {
  const leaves = /\\|#|(?:^|\/)(?:\.|%2e){1,2}(?:[/?]|$)/i.test(path)
  return leaves || !/^[\x21-\x7e]*$/.test(path) ? '' : path
}

function toProxySettings(proxy: ProxyRequest | null | undefined): Record<string, unknown> {
  const certificate = readSecret(proxy?.ca_cert_pem)
  return {
    proxy_type: proxy && (proxy.type || 'none') === 'none' ? 'none' : null,
    ...(certificate.kind === 'mask' ? {} : { proxy_ca_cert_pem: certificate.kind === 'plain' ? certificate.value : null }),
  }
}

function toCustomSettings(custom: CustomRequest | null | undefined): Record<string, unknown> {
  if (!custom || !isBaseType(custom.base_provider_type)) return {}
  const { is_key_less: isKeyless, base_provider_type, allowed_requests: allowed, request_path_overrides: paths } = custom
  return {
    custom_provider_config: {
      is_key_less: isKeyless ?? false,
      base_provider_type,
      ...(allowed ? { allowed_requests: spellOut(allowed) } : {}),
      ...(paths && Object.keys(paths).length > 0 ? { request_path_overrides: paths } : {}),
    },
  }
}

/** The numbers and switches of a network block that are kept as they were sent. */
function toNumbers(network: NetworkRequest): Numbers {
  return withoutAbsent({
    default_request_timeout_in_seconds: network.default_request_timeout_in_seconds,
    max_retries: network.max_retries,
    retry_backoff_initial: network.retry_backoff_initial,
    retry_backoff_max: network.retry_backoff_max,
    stream_idle_timeout_in_seconds: network.stream_idle_timeout_in_seconds,
    max_conns_per_host: network.max_conns_per_host,
    enforce_http2: network.enforce_http2,
    beta_header_overrides: network.beta_header_overrides,
    keep_alive_timeout_in_seconds: network.keep_alive_timeout_in_seconds,
    http2_ping_interval_in_seconds: network.http2_ping_interval_in_seconds,
  })
}

type Present<Value> = { [Key in keyof Value]?: NonNullable<Value[Key]> }

/** Without the fields that are null or not there, and without the empty ones: Bifrost shows neither. */
function withoutAbsent<Value extends object>(value: Value): Present<Value>
function withoutAbsent(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null && field !== undefined))
}
