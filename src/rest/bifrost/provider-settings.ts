import { z } from 'zod'
import { checkCertificate } from '../../certificate.ts'
import { BASE_PROVIDER_TYPES } from './wire-provider.ts'

/** What only Bifrost knows of a provider (Bifrost contract, sections 2.1 to 2.5), as it goes into the extension. Nothing in it is secret. */

const text = z.string().max(2_000)
const amount = z.int().min(0).nullish()
const flag = z.boolean().nullish()

/** Fields left out stay as they are stored; `null` removes one. */
const settings = z.strictObject({
  /** As it was written, where it is stored in another way. */
  name: text.nullish(),
  concurrency_and_buffer_size: z.strictObject({ concurrency: z.int().min(1), buffer_size: z.int().min(1) }).nullish(),
  send_back_raw_request: flag,
  send_back_raw_response: flag,
  store_raw_request_response: flag,
  network_config: z
    .strictObject({
      default_request_timeout_in_seconds: amount,
      max_retries: amount,
      retry_backoff_initial: amount,
      retry_backoff_max: amount,
      stream_idle_timeout_in_seconds: amount,
      max_conns_per_host: amount,
      enforce_http2: flag,
      beta_header_overrides: z.record(text, z.boolean()).nullish(),
      keep_alive_timeout_in_seconds: amount,
      http2_ping_interval_in_seconds: amount,
    })
    .nullish(),
  /** `none`: a proxy block that uses no proxy. */
  proxy_type: z.literal('none').nullish(),
  /** Certificates of the proxy, which the gateway does not use. Public, as all certificates are. */
  proxy_ca_cert_pem: z.string().max(60_000).nullish(),
  custom_provider_config: z
    .strictObject({
      is_key_less: z.boolean(),
      base_provider_type: z.enum(BASE_PROVIDER_TYPES),
      allowed_requests: z.record(text, z.boolean()).nullish(),
      request_path_overrides: z.record(text, text).nullish(),
    })
    .nullish(),
  openai_config: z.strictObject({ disable_store: z.boolean() }).nullish(),
})

const CERTIFICATE = 'proxy_ca_cert_pem'
const LONGEST = 200

/** What is wrong with the settings, in words that name the path; null when nothing is. */
export function settingsProblem(given: Readonly<Record<string, unknown>>): string | null {
  const parsed = settings.safeParse(given)
  if (parsed.success) {
    const [issue] = checkCertificate(parsed.data[CERTIFICATE] ?? '', [])
    return issue === undefined ? null : `Invalid proxy_config.ca_cert_pem: ${issue.message}`
  }
  const path = parsed.error.issues[0]?.path.map(String) ?? []
  const field = path[0] === CERTIFICATE ? 'proxy_config.ca_cert_pem' : path.join('.').slice(0, LONGEST)
  return `Invalid ${field}: Bifrost has no such setting of a provider, or it has another form.`
}
