import { z } from 'zod'
import { aliases, aliasesRequest } from './aliases.ts'
import { secret, secretRequest } from './secret.ts'
import { VENDOR_CONFIGS } from './vendor-configs.ts'

/** Keys on the wire (Bifrost contract, sections 1.4 and 2.6). In requests `null` is the same as absent. */

const id = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
const names = z.array(z.string())
const flag = z.boolean().nullish()
const config = z.record(z.string(), z.unknown()).nullish()

export const keyRequest = z.object({
  id: z.string().nullish().meta({ description: 'A UUID of your choice; a new one when left out. In a PUT the path counts.' }),
  name: z.string().nullish().meta({ description: 'Unique among the named keys of all providers. A PUT without it keeps what is stored.' }),
  value: secretRequest,
  models: names.nullish().meta({ description: '`["*"]` for all; empty for none.' }),
  blacklisted_models: names.nullish(),
  weight: z.number().min(0).nullish().meta({ description: '0 when left out.' }),
  enabled: flag.meta({ description: 'True for a new key when left out; a PUT without it keeps what is stored.' }),
  use_for_batch_api: flag,
  use_anthropic_endpoints: flag,
  aliases: aliasesRequest.nullish(),
  azure_key_config: config,
  vertex_key_config: config,
  bedrock_key_config: config,
  bedrock_mantle_key_config: config,
  vllm_key_config: config,
  ollama_key_config: config,
  sgl_key_config: config,
  replicate_key_config: config.meta({ description: 'A PUT without it keeps the stored one.' }),
})

function configBody({ secrets, plain }: { readonly secrets: readonly string[]; readonly plain: readonly string[] }) {
  const parts = [...secrets.map((name) => [name, secret.exactOptional()]), ...plain.map((name) => [name, z.unknown().exactOptional()])]
  return z.strictObject(Object.fromEntries(parts)).exactOptional()
}

const settings = {
  models: names,
  blacklisted_models: names,
  weight: z.number(),
  aliases: aliases.exactOptional(),
  azure_key_config: configBody(VENDOR_CONFIGS.azure_key_config),
  vertex_key_config: configBody(VENDOR_CONFIGS.vertex_key_config),
  bedrock_key_config: configBody(VENDOR_CONFIGS.bedrock_key_config),
  bedrock_mantle_key_config: configBody(VENDOR_CONFIGS.bedrock_mantle_key_config),
  vllm_key_config: configBody(VENDOR_CONFIGS.vllm_key_config),
  ollama_key_config: configBody(VENDOR_CONFIGS.ollama_key_config),
  sgl_key_config: configBody(VENDOR_CONFIGS.sgl_key_config),
  replicate_key_config: configBody(VENDOR_CONFIGS.replicate_key_config),
}

export const key = z.strictObject({
  id,
  name: z.string(),
  value: secret,
  ...settings,
  enabled: z.boolean(),
  use_for_batch_api: z.boolean(),
  use_anthropic_endpoints: z.boolean(),
  status: z.enum(['unknown', 'success', 'list_models_failed']),
  description: z.string().exactOptional(),
})

export const keyList = z.strictObject({ keys: z.array(key), total: z.int() })

/** An element of `GET /api/keys`: the shape of Bifrost's database, with much of it empty. */
export const databaseKey = z.strictObject({
  id: z.literal(0),
  name: z.string(),
  provider_id: z.literal(0),
  provider: z.string(),
  key_id: id,
  value: secret,
  ...settings,
  created_at: z.string(),
  updated_at: z.string(),
  config_hash: z.string(),
  status: z.string(),
})

const model = {
  name: z.string(),
  provider: z.string(),
  accessible_by_keys: z.array(id).exactOptional().meta({ description: 'The keys that can see it; left out for a provider without keys.' }),
}
export const modelList = z.strictObject({ models: z.array(z.strictObject(model)), total: z.int() })
export const modelNames = z.strictObject({ models: z.array(z.string()), total: z.int() })

export const errorBody = z.strictObject({
  is_bifrost_error: z.literal(false),
  status_code: z.int(),
  error: z.strictObject({ message: z.string() }),
  extra_fields: z.strictObject({ routing_info: z.strictObject({}) }),
})

export type KeyRequest = z.output<typeof keyRequest>
export type KeyBody = z.output<typeof key>
export type DatabaseKeyBody = z.output<typeof databaseKey>
export type ModelBody = z.output<typeof modelList>['models'][number]
export type ErrorBody = z.output<typeof errorBody>

/** Reads a UUID; null for any other text. */
export function parseUuid(text: string): string | null {
  return id.safeParse(text.toLowerCase()).success ? text.toLowerCase() : null
}
