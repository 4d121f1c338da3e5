import { z } from 'zod'

/**
 * The shapes on the wire (Coder contract, sections 1 to 4). The same schemas decode requests, type answers and make the
 * OpenAPI document. In requests `null` is what a server in Go makes of it: the same as absent.
 */

const PROVIDER_TYPE_NAMES = [
  'anthropic',
  'azure',
  'bedrock',
  'copilot',
  'google',
  'openai',
  'openai-compat',
  'openrouter',
  'vercel',
] as const
const providerType = z.enum(PROVIDER_TYPE_NAMES).meta({ description: 'The protocol of the upstream; cannot be changed.' })

export const id = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
export const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
const text = z.string().nullish()

/** What every settings object begins with; decides how the rest is read. */
export const settingsHeader = z.object({ _type: z.string().nullish(), _version: z.int().nullish() })

const bedrockSettingsRequest = z
  .object({
    _type: z.literal('bedrock'),
    _version: z.literal(1),
    region: text,
    model: text,
    small_fast_model: text,
    role_arn: text.meta({ description: 'The IAM role to assume. An external id is generated when one is first set.' }),
    external_id: text.meta({ description: 'May repeat the stored value; the gateway generates it.' }),
    protocol: text.meta({ description: '`invoke-model` or `mantle`.' }),
    access_key: text.meta({ description: 'Never shown. Left out it stays as it is; empty deletes it.' }),
    access_key_secret: text.meta({ description: 'Never shown. Left out it stays as it is; empty deletes it.' }),
  })
  .meta({ description: 'Replaces the stored settings, except the secrets and the external id.' })

export const createRequest = z.object({
  type: text.meta({ description: `Required. One of ${PROVIDER_TYPE_NAMES.join(', ')}.` }),
  name: text.meta({ description: 'Required. Unique: lowercase letters and digits, words joined by hyphens.' }),
  display_name: text.meta({ description: 'The name is shown when it is empty.' }),
  icon: text.meta({ description: 'URL or emoji.' }),
  enabled: z.boolean().nullish().meta({ description: 'False when left out.' }),
  base_url: text.meta({ description: 'Required. Absolute URL, stored as it is.' }),
  api_keys: z.array(z.string().nullable()).nullish().meta({ description: 'The keys, in their order.' }),
  settings: bedrockSettingsRequest.nullish(),
})

const keyChange = z.object({
  id: z
    .string()
    .transform((value, context) => {
      const uuid = parseUuid(value)
      if (uuid !== null) return uuid
      context.addIssue({ code: 'custom', message: 'invalid UUID' })
      return z.NEVER
    })
    .nullish()
    .meta({ description: 'Keeps this key.' }),
  api_key: text.meta({ description: 'Adds this key.' }),
})

export const updateRequest = z.object({
  display_name: text.meta({ description: 'Empty shows the name.' }),
  icon: text,
  enabled: z.boolean().nullish(),
  base_url: text,
  api_keys: z.array(keyChange.nullable()).nullish().meta({
    description: 'The whole set of wanted keys, each by `id` or as a new `api_key`. Stored keys that are not listed are deleted.',
  }),
  settings: bedrockSettingsRequest.nullish(),
})

const bedrockSettings = z
  .strictObject({
    _type: z.literal('bedrock'),
    _version: z.literal(1),
    external_id: z.string().exactOptional(),
    model: z.string().exactOptional(),
    protocol: z.string().exactOptional(),
    region: z.string().exactOptional(),
    role_arn: z.string().exactOptional(),
    small_fast_model: z.string().exactOptional(),
  })
  .meta({ description: 'Fields that are empty are left out. Access keys are never shown.' })

export const provider = z.strictObject({
  id,
  type: providerType,
  name: z.string(),
  display_name: z.string(),
  icon: z.string(),
  enabled: z.boolean(),
  base_url: z.string(),
  api_keys: z.array(z.strictObject({ id, masked: z.string(), created_at: time })),
  settings: bedrockSettings.nullable(),
  created_at: time,
  updated_at: time,
})

const testResult = {
  status: z.string().meta({ description: 'How the test ended, e.g. `ok`, `unauthorized`, `timed_out`. Expect new values.' }),
  message: z.string().meta({ description: 'The outcome in words, with the next step.' }),
  http_status: z.int().nullable().meta({ description: "The upstream's HTTP status; null when it gave none." }),
  key_verified: z.boolean().meta({ description: 'False when the upstream answers the same to any key, or needs none.' }),
  duration_ms: z.int(),
  models: z.array(z.string()).meta({ description: 'Models that the key can see, when the upstream lists them.' }),
  tested_at: time,
}

/** Not of Coder's API: the answer to a connection test. The fields beside `tests` are those of the worst test. */
export const connectionTest = z.strictObject({
  success: z.boolean().meta({ description: 'Whether every key that was tried works.' }),
  ...testResult,
  tests: z
    .array(z.strictObject({ api_key_id: id.nullable(), ...testResult }))
    .meta({ description: 'One test for each enabled key, or one without a key.' }),
})

export const errorBody = z.strictObject({
  message: z.string().min(1),
  detail: z.string().min(1).exactOptional(),
  validations: z
    .array(z.strictObject({ field: z.string(), detail: z.string() }))
    .min(1)
    .exactOptional(),
})

export type ProviderTypeName = (typeof PROVIDER_TYPE_NAMES)[number]
export type CreateRequest = z.output<typeof createRequest>
export type UpdateRequest = z.output<typeof updateRequest>
export type SettingsRequest = z.output<typeof bedrockSettingsRequest>
export type ProviderBody = z.output<typeof provider>
export type ConnectionTestBody = z.output<typeof connectionTest>
export type ErrorBody = z.output<typeof errorBody>

/** Reads a UUID in every form that Go's `uuid.Parse` takes (Coder contract, section 6): plain, `urn:uuid:`, in braces, without dashes. */
export function parseUuid(value: string): string | null {
  const plain = value.replace(/^urn:uuid:/i, '').replace(/^\{(.{36})\}$/, '$1')
  const dashed = /^[0-9a-f]{32}$/i.test(value) ? value.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : plain
  const uuid = dashed.toLowerCase()
  return id.safeParse(uuid).success ? uuid : null
}

/** What a name looks like, as error messages quote it; the domain decides (Coder contract, section 2.1). */
export const NAME_RULE = '^[a-z0-9]+(-[a-z0-9]+)*$'
const NAME_PATTERN = new RegExp(NAME_RULE)

/** Whether a path could mean a provider at all (Coder contract, section 6). */
export function isIdOrName(text: string): boolean {
  return parseUuid(text) !== null || NAME_PATTERN.test(text)
}

/** Whether an entry of a PATCH names exactly one of a key to keep and a key to add (Coder contract, section 3). */
export function isKeyChange(entry: NonNullable<UpdateRequest['api_keys']>[number] | undefined): boolean {
  return (entry?.id == null) !== (entry?.api_key == null)
}
