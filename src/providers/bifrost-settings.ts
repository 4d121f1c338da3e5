import { z } from 'zod'
import type { ValidationIssue } from '../errors.ts'
import { checkCertificate } from './check-certificate.ts'

/**
 * What only Bifrost knows of a provider, in the words of Bifrost's API: it is stored and given back, and the gateway uses
 * little of it (Bifrost contract, sections 2.1 to 2.5). Nothing in it is secret.
 */

const PATH = ['dialectSettings', 'bifrost']

const text = z.string().max(2_000)
const amount = z.int().min(0)

/** Numbers of Bifrost's network block as they were sent. What the gateway itself uses of them is in `network`. */
const networkNumbers = z.strictObject({
  default_request_timeout_in_seconds: amount.optional(),
  max_retries: amount.optional(),
  retry_backoff_initial: amount.optional(),
  retry_backoff_max: amount.optional(),
  stream_idle_timeout_in_seconds: amount.optional(),
  max_conns_per_host: amount.optional(),
  enforce_http2: z.boolean().optional(),
  beta_header_overrides: z.record(text, z.boolean()).optional(),
  keep_alive_timeout_in_seconds: amount.optional(),
  http2_ping_interval_in_seconds: amount.optional(),
})

const BASE_PROVIDER_TYPES = ['anthropic', 'bedrock', 'cohere', 'gemini', 'openai', 'huggingface', 'replicate'] as const

const bifrostSettings = z.strictObject({
  concurrency_and_buffer_size: z.strictObject({ concurrency: z.int().min(1), buffer_size: z.int().min(1) }).optional(),
  send_back_raw_request: z.boolean().optional(),
  send_back_raw_response: z.boolean().optional(),
  store_raw_request_response: z.boolean().optional(),
  network_config: networkNumbers.optional(),
  /** `none`: a proxy block that uses no proxy. */
  proxy_type: z.literal('none').optional(),
  /** Certificates of the proxy, which the gateway does not use. Public, as all certificates are. */
  proxy_ca_cert_pem: z.string().max(60_000).optional(),
  custom_provider_config: z
    .strictObject({
      is_key_less: z.boolean(),
      base_provider_type: z.enum(BASE_PROVIDER_TYPES),
      allowed_requests: z.record(text, z.boolean()).optional(),
      request_path_overrides: z.record(text, text).optional(),
    })
    .optional(),
  openai_config: z.strictObject({ disable_store: z.boolean() }).optional(),
})
export type BifrostSettings = z.infer<typeof bifrostSettings>

/** Fields left out stay as they are stored; `null` removes one. */
const bifrostSettingsInput = z.strictObject({
  concurrency_and_buffer_size: bifrostSettings.shape.concurrency_and_buffer_size.nullable(),
  send_back_raw_request: z.boolean().nullish(),
  send_back_raw_response: z.boolean().nullish(),
  store_raw_request_response: z.boolean().nullish(),
  network_config: bifrostSettings.shape.network_config.nullable(),
  proxy_type: bifrostSettings.shape.proxy_type.nullable(),
  proxy_ca_cert_pem: bifrostSettings.shape.proxy_ca_cert_pem.nullable(),
  custom_provider_config: bifrostSettings.shape.custom_provider_config.nullable(),
  openai_config: bifrostSettings.shape.openai_config.nullable(),
})

/** Reads Bifrost's part of what dialects keep; null when it keeps nothing. */
export function readBifrostSettings(settings: unknown): BifrostSettings | null {
  return bifrostSettings.safeParse(settings).data ?? null
}

/** The rules that need no knowledge of what is stored. */
export function checkBifrostSettings(input: unknown): ValidationIssue[] {
  const parsed = bifrostSettingsInput.safeParse(input)
  if (parsed.success) return checkCertificate(parsed.data.proxy_ca_cert_pem ?? '', [...PATH, 'proxy_ca_cert_pem'])
  return parsed.error.issues.map((issue) => ({
    path: [...PATH, ...issue.path.map(String)],
    rule: 'NOT_ALLOWED',
    message: 'This is no setting of a provider that Bifrost knows, or has another form.',
  }))
}

/** What a provider was made for stays (Bifrost contract, section 2.4): its keys were given for that. */
export function checkCustomProvider(input: unknown, stored: BifrostSettings | null): ValidationIssue[] {
  const before = stored?.custom_provider_config
  const after = bifrostSettingsInput.parse(input).custom_provider_config
  if (before === undefined || after === undefined || after?.base_provider_type === before.base_provider_type) return []
  const message = after === null ? 'It cannot be removed after creation.' : 'The base provider type cannot be changed after creation.'
  return [{ path: [...PATH, 'custom_provider_config'], rule: 'IMMUTABLE', message }]
}
