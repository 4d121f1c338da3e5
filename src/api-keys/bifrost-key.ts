import { z } from 'zod'
import type { Secret } from '../crypto/secret.ts'
import type { ValidationIssue } from '../errors.ts'
import { looksMasked } from './mask.ts'

/** A secret part of a vendor configuration: a value to seal, a variable to read, or neither, which keeps the stored one. */
interface BifrostSecretInput {
  /** Where it is in the configuration, e.g. `azure_key_config.client_secret`. */
  readonly path: string
  readonly value: Secret | undefined
  readonly environmentVariable: string | undefined
}

/** What only Bifrost knows of a key. It replaces what is stored, except that secrets can be kept. */
export interface BifrostKeyInput {
  readonly settings: unknown
  readonly secrets: readonly BifrostSecretInput[]
}

/** The secret parts of the vendor configurations (Bifrost contract, section 2.6). */
const SECRET_PARTS = {
  azure_key_config: ['endpoint', 'client_id', 'client_secret', 'tenant_id'],
  vertex_key_config: ['project_id', 'project_number', 'region', 'auth_credentials'],
  bedrock_key_config: [
    ...['access_key', 'secret_key', 'session_token', 'region', 'arn'],
    ...['role_arn', 'external_id', 'session_name', 'batch_role_arn', 'project_id'],
  ],
  bedrock_mantle_key_config: [
    ...['access_key', 'secret_key', 'session_token', 'region'],
    ...['role_arn', 'external_id', 'session_name', 'project_id'],
  ],
  vllm_key_config: ['url'],
  ollama_key_config: ['url'],
  sgl_key_config: ['url'],
} as const

const SECRET_PATHS: readonly string[] = Object.entries(SECRET_PARTS).flatMap(([config, parts]) => parts.map((part) => `${config}.${part}`))

/** Parts that Bifrost shows as they are, in the form of secrets (Bifrost contract, section 3.2). They are sealed all the same. */
export const SHOWN_PATHS: readonly string[] = [
  'azure_key_config.endpoint',
  'bedrock_key_config.project_id',
  'bedrock_mantle_key_config.project_id',
]

/** Parts that say where the key is sent. */
export const ENDPOINT_PATHS: readonly string[] = [
  'azure_key_config.endpoint',
  'vllm_key_config.url',
  'ollama_key_config.url',
  'sgl_key_config.url',
]

const text = z.string().max(2_000)
const texts = z.array(text).max(10_000)
const bucket = z.strictObject({ bucket_name: text, prefix: text.optional(), is_default: z.boolean().optional() })
const endpoints = z.partialRecord(z.enum(['runtime', 'control_plane', 'mantle', 'agent_runtime', 's3']), text)

/** What is not secret, in the words of Bifrost's API. */
const bifrostKeySettings = z.strictObject({
  models: texts.optional(),
  blacklisted_models: texts.optional(),
  use_for_batch_api: z.boolean().optional(),
  use_anthropic_endpoints: z.boolean().optional(),
  aliases: z.record(text, z.union([text, z.record(text, z.union([text, z.boolean(), z.number()]))])).optional(),
  azure_key_config: z.strictObject({ scopes: texts.optional(), api_version: text.optional() }).optional(),
  vertex_key_config: z.strictObject({ force_single_region: z.boolean().optional() }).optional(),
  bedrock_key_config: z
    .strictObject({
      batch_s3_config: z.strictObject({ buckets: z.array(bucket).max(1_000) }).optional(),
      /** Older versions kept it here. */
      project_id: text.optional(),
      endpoints: endpoints.optional(),
    })
    .optional(),
  bedrock_mantle_key_config: z.strictObject({ project_id: text.optional(), endpoints: endpoints.optional() }).optional(),
  vllm_key_config: z.strictObject({ model_name: text.optional() }).optional(),
  ollama_key_config: z.strictObject({}).optional(),
  sgl_key_config: z.strictObject({}).optional(),
  replicate_key_config: z.strictObject({ use_deployments_endpoint: z.boolean().optional() }).optional(),
})

/** What the column `dialectSettings` of a key holds for Bifrost. */
const storedBifrostKey = z.object({
  bifrost: z.object({
    settings: bifrostKeySettings,
    secrets: z.array(z.object({ path: z.string(), masked: z.string(), environmentVariable: z.string().nullable() })),
    /** The mask of the key as Bifrost shows it, which tells more of a short one than ours does; null when it was stored elsewhere. */
    maskedValue: z.string().nullable(),
  }),
})
export type BifrostKey = z.infer<typeof storedBifrostKey>['bifrost']

/** Reads the column `dialectSettings` of a key; null when it was never written through Bifrost. */
export function readBifrostKey(column: unknown): BifrostKey | null {
  return column === null ? null : storedBifrostKey.parse(column).bifrost
}

/** The settings as they are stored. The input has passed its checks. */
export function parseBifrostKeySettings(settings: unknown): BifrostKey['settings'] {
  return bifrostKeySettings.parse(settings)
}

const MAX_SECRET_BYTES = 65_536

/** The rules for what only Bifrost knows of a key. */
export function checkBifrostKey({ settings, secrets }: BifrostKeyInput, path: readonly string[]): ValidationIssue[] {
  const parsed = bifrostKeySettings.safeParse(settings)
  const settingsIssues = (parsed.error?.issues ?? []).map(
    (issue): ValidationIssue => ({
      path: [...path, 'settings', ...issue.path.map(String)],
      rule: 'NOT_ALLOWED',
      message: 'This is no setting of a key that Bifrost knows, or has another form.',
    }),
  )
  return [...settingsIssues, ...secrets.flatMap((secret) => checkBifrostSecret(secret, [...path, 'secrets', secret.path]))]
}

function checkBifrostSecret({ path: part, value, environmentVariable }: BifrostSecretInput, path: readonly string[]): ValidationIssue[] {
  const issue = (rule: ValidationIssue['rule'], message: string): ValidationIssue[] => [{ path, rule, message }]
  if (!SECRET_PATHS.includes(part)) return issue('NOT_ALLOWED', 'This is no secret part of a vendor configuration.')
  if (value !== undefined && environmentVariable !== undefined) return issue('EXACTLY_ONE', 'Give a value or a variable, not both.')
  const plain = value?.reveal() ?? ''
  if (!plain.isWellFormed() || Buffer.byteLength(plain) > MAX_SECRET_BYTES)
    return issue('OUT_OF_RANGE', `The value must be text of at most ${MAX_SECRET_BYTES} bytes.`)
  if (looksMasked(plain)) return issue('API_KEY_MASKED', 'This is a mask, not a value. Give the full value, or the mask as it was shown.')
  return []
}

/** The mask of Bifrost's API (Bifrost contract, section 3.1): four characters at each end of what is longer than eight. */
export function maskInMiddle(plaintext: string): string {
  const bytes = Buffer.from(plaintext)
  if (bytes.length <= 8) return '*'.repeat(bytes.length)
  return `${bytes.subarray(0, 4).toString()}${'*'.repeat(24)}${bytes.subarray(-4).toString()}`
}
