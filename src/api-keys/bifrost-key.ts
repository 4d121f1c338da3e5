import { z } from 'zod'
import type { Secret } from '../crypto/secret.ts'
import { type CredentialPart, readCredentialParts } from '../destination/stored-rows.ts'
import { ValidationError } from '../errors.ts'
import type { ApiKey } from '../generated/prisma-sqlite/client.ts'
import { COLUMN_PARTS, isColumnPart, VALUE_PART } from './credential-parts.ts'
import type { KeyConfigurationInput } from './key-configuration.ts'
import { maskInMiddle } from './mask.ts'

/** A secret part of a vendor configuration: a value to seal, a variable to read, or neither, which keeps the stored one. */
export interface BifrostSecretInput {
  /** Where it is in the configuration, e.g. `azure_key_config.client_secret`. */
  readonly path: string
  readonly value: Secret | undefined
  readonly environmentVariable: string | undefined
}

/** What only Bifrost knows of a key, in the words of its API. */
export interface BifrostKeyInput {
  readonly settings: unknown
  readonly secrets: readonly BifrostSecretInput[]
}

/** The secret parts of the vendor configurations (Bifrost contract, section 2.6), and what they are called here. */
const NEUTRAL_NAMES: Readonly<Record<string, string>> = {
  'azure_key_config.endpoint': 'endpoint',
  'azure_key_config.client_id': 'azure.clientId',
  'azure_key_config.client_secret': 'azure.clientSecret',
  'azure_key_config.tenant_id': 'azure.tenantId',
  'vertex_key_config.project_id': 'vertex.projectId',
  'vertex_key_config.project_number': 'vertex.projectNumber',
  'vertex_key_config.region': 'vertex.region',
  'vertex_key_config.auth_credentials': 'vertex.authCredentials',
  ...awsNames('bedrock_key_config'),
  'bedrock_key_config.arn': 'aws.arn',
  'bedrock_key_config.batch_role_arn': 'aws.batchRoleArn',
  ...awsNames('bedrock_mantle_key_config'),
  'vllm_key_config.url': 'endpoint',
  'ollama_key_config.url': 'endpoint',
  'sgl_key_config.url': 'endpoint',
}

function awsNames(config: string): Record<string, string> {
  return {
    [`${config}.access_key`]: 'aws.accessKeyId',
    [`${config}.secret_key`]: 'aws.secretAccessKey',
    [`${config}.session_token`]: 'aws.sessionToken',
    [`${config}.region`]: 'aws.region',
    [`${config}.role_arn`]: 'aws.roleArn',
    [`${config}.external_id`]: 'aws.externalId',
    [`${config}.session_name`]: 'aws.sessionName',
    [`${config}.project_id`]: 'aws.projectId',
  }
}

/** Parts that Bifrost shows as they are, in the form of secrets (Bifrost contract, section 3.2). */
const SHOWN_PATHS: readonly string[] = [
  'azure_key_config.endpoint',
  'bedrock_key_config.project_id',
  'bedrock_mantle_key_config.project_id',
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

/** What Bifrost keeps of a key: settings that mean nothing to the gateway, and the path of each part by its name. */
const bifrostExtension = z.object({
  bifrost: z.object({
    settings: bifrostKeySettings,
    paths: z.record(z.string(), z.string()),
    /** The parts that it shows as they are although they are sealed. */
    shown: z.record(z.string(), z.string()).exactOptional(),
  }),
})

/** A key as Bifrost shows it. */
export interface BifrostKey {
  readonly settings: z.infer<typeof bifrostKeySettings>
  readonly secrets: readonly { readonly path: string; readonly masked: string; readonly environmentVariable: string | null }[]
  /** The mask of the key in Bifrost's form; null when it was given elsewhere. */
  readonly maskedValue: string | null
}

const EVERY = '*'

/** What the input comes to in the gateway's words. @throws ValidationError for what is none of Bifrost's. */
export function fromBifrostKey({ settings, secrets }: BifrostKeyInput): KeyConfigurationInput {
  const { models = [], blacklisted_models: blocked = [], ...rest } = parseSettings(settings)
  const paths: Record<string, string> = {}
  const shown: Record<string, string> = {}
  const parts = secrets.map(({ path, value, environmentVariable }) => {
    const neutral = NEUTRAL_NAMES[path]
    if (neutral === undefined) throw foreign(['secrets', path], 'This is no secret part of a vendor configuration.')
    // Of two configurations in one key the first has the name; the other's parts mean nothing to the gateway.
    const name = Object.hasOwn(paths, neutral) ? `bifrost.${path}` : neutral
    paths[name] = path
    if (value !== undefined && SHOWN_PATHS.includes(path) && !isColumnPart(name)) shown[name] = value.reveal()
    return { name, value, environmentVariable, at: ['bifrost', 'secrets', path] }
  })
  return {
    parts,
    models: models.length === 1 && models[0] === EVERY ? null : models,
    exceptModels: blocked.length === 0 ? null : blocked,
    extensions: { bifrost: { settings: rest, paths, ...(Object.keys(shown).length === 0 ? {} : { shown }) } },
  }
}

type BifrostColumns = Pick<
  ApiKey,
  'endpoint' | 'endpointVariable' | 'region' | 'roleArn' | 'externalId' | 'models' | 'exceptModels' | 'credentialParts' | 'extensions'
>

/** The columns that `toBifrostKey` reads, for `select`. */
export const BIFROST_COLUMNS = {
  ...{ endpoint: true, endpointVariable: true, region: true, roleArn: true, externalId: true, models: true, exceptModels: true },
  ...{ credentialParts: true, extensions: true },
} as const

/** A stored key in Bifrost's words; null when it was never written there. */
export function toBifrostKey(key: BifrostColumns): BifrostKey | null {
  const extension = bifrostExtension.safeParse(key.extensions).data?.bifrost
  if (extension === undefined) return null
  const parts = readCredentialParts(key.credentialParts)
  const names = z.array(z.string()).nullable()
  const secrets = Object.entries(extension.paths).flatMap(([name, path]) => {
    const part = partOf(key, parts, name, path)
    const shown = extension.shown?.[name]
    return part === null ? [] : [{ path, ...part, ...(shown === undefined || part.environmentVariable !== null ? {} : { masked: shown }) }]
  })
  return {
    settings: {
      models: names.parse(key.models) ?? [EVERY],
      blacklisted_models: names.parse(key.exceptModels) ?? [],
      ...extension.settings,
    },
    secrets,
    maskedValue: parts.find(({ name }) => name === VALUE_PART)?.masked ?? null,
  }
}

function partOf(
  key: BifrostColumns,
  parts: readonly CredentialPart[],
  name: string,
  path: string,
): { masked: string; environmentVariable: string | null } | null {
  const part = parts.find((one) => one.name === name)
  if (part !== undefined) return { masked: part.masked, environmentVariable: part.environmentVariable }
  if (!isColumnPart(name)) return null
  if (name === 'endpoint' && key.endpointVariable !== null) return { masked: '', environmentVariable: key.endpointVariable }
  const value = key[COLUMN_PARTS[name]]
  return value === null ? null : { masked: SHOWN_PATHS.includes(path) ? value : maskInMiddle(value), environmentVariable: null }
}

function parseSettings(settings: unknown): z.infer<typeof bifrostKeySettings> {
  const parsed = bifrostKeySettings.safeParse(settings)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.map(String) ?? []
  throw foreign(['settings', ...path], 'This is no setting of a key that Bifrost knows, or has another form.')
}

function foreign(path: readonly string[], message: string): ValidationError {
  return new ValidationError([{ path: ['apiKeys', 'bifrost', ...path], rule: 'NOT_ALLOWED', message }])
}
