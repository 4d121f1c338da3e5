import { z } from 'zod'
import { backoff } from './backoff.ts'
import { recordWithoutNulls } from './record-without-nulls.ts'
import { openText, secret, secretRequest } from './secret.ts'
import { keyRequest } from './wire-key.ts'

/** Providers on the wire (Bifrost contract, sections 1.4 and 2). In requests `null` is the same as absent. */

export const BASE_PROVIDER_TYPES = ['anthropic', 'bedrock', 'cohere', 'gemini', 'openai', 'huggingface', 'replicate'] as const
export type BaseProviderType = (typeof BASE_PROVIDER_TYPES)[number]

const amount = z.int().min(0)
const flag = z.boolean().nullish()

const networkRequest = z
  .object({
    base_url: openText.nullish().meta({ description: "The vendor's own endpoint when it is left out." }),
    extra_headers: recordWithoutNulls(openText).nullish().meta({ description: 'Values of authentication headers are sealed.' }),
    default_request_timeout_in_seconds: amount.nullish(),
    max_retries: amount.nullish(),
    retry_backoff_initial: backoff,
    retry_backoff_max: backoff,
    insecure_skip_verify: flag,
    ca_cert_pem: secretRequest,
    stream_idle_timeout_in_seconds: amount.nullish(),
    max_conns_per_host: amount.nullish(),
    enforce_http2: flag,
    beta_header_overrides: recordWithoutNulls(z.boolean()).nullish(),
    keep_alive_timeout_in_seconds: amount.nullish(),
    http2_ping_interval_in_seconds: amount.nullish(),
    allow_private_network: flag,
  })
  .meta({ description: 'Replaces the stored block.' })

const proxyRequest = z.object({
  type: z
    .enum(['none', 'http', 'socks5', 'environment', ''])
    .nullish()
    .meta({ description: 'Told by the URL when it is left out. `none` keeps no URL.' }),
  url: secretRequest,
  username: secretRequest,
  password: secretRequest,
  ca_cert_pem: secretRequest,
})

const customRequest = z.object({
  is_key_less: flag,
  base_provider_type: z
    .string()
    .nullish()
    .meta({ description: `One of ${BASE_PROVIDER_TYPES.join(', ')}.` }),
  allowed_requests: recordWithoutNulls(z.boolean()).nullish().meta({ description: 'What is not set to true is refused.' }),
  request_path_overrides: recordWithoutNulls(openText).nullish(),
})

const settingsRequest = {
  network_config: networkRequest.nullish(),
  concurrency_and_buffer_size: z.object({ concurrency: z.int().nullish(), buffer_size: z.int().nullish() }).nullish(),
  proxy_config: proxyRequest.nullish(),
  send_back_raw_request: flag,
  send_back_raw_response: flag,
  store_raw_request_response: flag,
  custom_provider_config: customRequest.nullish(),
  openai_config: z.object({ disable_store: flag }).nullish(),
}

export const addProviderRequest = z.object({
  provider: z.string().nullish().meta({ description: 'Required. The name.' }),
  ...settingsRequest,
  keys: z.array(keyRequest).nullish().meta({ description: 'Created with the provider, in one transaction; at most 100.' }),
})
export const updateProviderRequest = z.object({
  ...settingsRequest,
  keys: z.array(z.unknown()).nullish().meta({ description: 'Only empty: keys have routes of their own.' }),
})

const network = z.strictObject({
  base_url: z.string().exactOptional(),
  extra_headers: z.record(z.string(), z.string()).exactOptional(),
  default_request_timeout_in_seconds: z.int(),
  max_retries: z.int(),
  retry_backoff_initial: z.int(),
  retry_backoff_max: z.int(),
  insecure_skip_verify: z.boolean().exactOptional(),
  ca_cert_pem: z.string().exactOptional(),
  stream_idle_timeout_in_seconds: z.int().exactOptional(),
  max_conns_per_host: z.int().exactOptional(),
  enforce_http2: z.boolean().exactOptional(),
  beta_header_overrides: z.record(z.string(), z.boolean()).exactOptional(),
  keep_alive_timeout_in_seconds: z.int().exactOptional(),
  http2_ping_interval_in_seconds: z.int().exactOptional(),
  allow_private_network: z.boolean().exactOptional(),
})

const custom = z.strictObject({
  is_key_less: z.boolean(),
  base_provider_type: z.enum(BASE_PROVIDER_TYPES),
  allowed_requests: z.record(z.string(), z.boolean()).exactOptional(),
  request_path_overrides: z.record(z.string(), z.string()).exactOptional(),
})

const proxy = z.strictObject({
  type: z.enum(['none', 'http', 'socks5', 'environment']),
  url: secret.nullable(),
  username: secret.nullable(),
  password: secret.nullable(),
  ca_cert_pem: secret.nullable(),
})

export const provider = z.strictObject({
  name: z.string(),
  network_config: network,
  concurrency_and_buffer_size: z.strictObject({ concurrency: z.int(), buffer_size: z.int() }),
  proxy_config: proxy.nullable(),
  send_back_raw_request: z.boolean(),
  send_back_raw_response: z.boolean(),
  store_raw_request_response: z.boolean(),
  custom_provider_config: custom.exactOptional(),
  openai_config: z.strictObject({ disable_store: z.boolean() }).exactOptional(),
  provider_status: z
    .enum(['active', 'error', ''])
    .meta({ description: '`error` for a disabled provider or a placeholder; empty after a deletion.' }),
  status: z.enum(['unknown', 'success', 'list_models_failed']).exactOptional(),
  description: z.string().exactOptional().meta({ description: "The outcome of a failed connection test, in the gateway's own words." }),
})

export const providerList = z.strictObject({ providers: z.array(provider), total: z.int() })

/** What only Bifrost knows of a provider, as GraphQL has it: the numbers as they were sent. */
export const storedSettings = z.object({
  name: z.string().exactOptional(),
  network_config: z
    .object({
      default_request_timeout_in_seconds: amount.exactOptional(),
      max_retries: amount.exactOptional(),
      retry_backoff_initial: amount.exactOptional(),
      retry_backoff_max: amount.exactOptional(),
      stream_idle_timeout_in_seconds: amount.exactOptional(),
      max_conns_per_host: amount.exactOptional(),
      enforce_http2: z.boolean().exactOptional(),
      beta_header_overrides: z.record(z.string(), z.boolean()).exactOptional(),
      keep_alive_timeout_in_seconds: amount.exactOptional(),
      http2_ping_interval_in_seconds: amount.exactOptional(),
    })
    .exactOptional(),
  proxy_type: z.literal('none').exactOptional(),
  proxy_ca_cert_pem: z.string().exactOptional(),
  concurrency_and_buffer_size: provider.shape.concurrency_and_buffer_size.exactOptional(),
  send_back_raw_request: z.boolean().exactOptional(),
  send_back_raw_response: z.boolean().exactOptional(),
  store_raw_request_response: z.boolean().exactOptional(),
  custom_provider_config: custom.exactOptional(),
  openai_config: provider.shape.openai_config,
})

export type AddProviderRequest = z.output<typeof addProviderRequest>
export type SettingsRequest = Omit<AddProviderRequest, 'provider' | 'keys'>
export type NetworkRequest = NonNullable<SettingsRequest['network_config']>
export type CustomRequest = NonNullable<SettingsRequest['custom_provider_config']>
export type ProxyRequest = NonNullable<SettingsRequest['proxy_config']>
export type ProviderBody = z.output<typeof provider>
export type NetworkBody = ProviderBody['network_config']
export type StoredSettings = z.output<typeof storedSettings>
