import { z } from 'zod'
import type { BifrostKeyFieldsFragment } from '../../generated/bifrost-documents.ts'
import { isNameOf, isShown, OPEN_NAMES } from './credential-parts.ts'
import { maskText } from './mask.ts'

/** What only Bifrost knows of a key, as it is kept in the key's extensions. */

const text = z.string().max(2_000)
const texts = z.array(text).max(10_000)
const bucket = z.strictObject({ bucket_name: text, prefix: text.optional(), is_default: z.boolean().optional() })
const endpoints = z.partialRecord(z.enum(['runtime', 'control_plane', 'mantle', 'agent_runtime', 's3']), text)

/** What is not secret, in the words of Bifrost's API. */
const keySettings = z.strictObject({
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
export type KeySettings = z.infer<typeof keySettings>

const checkedSettings = keySettings.extend({ models: texts, blacklisted_models: texts })

/** The path of a setting that is none, or has another form; null when all are right. */
export function wrongSetting(settings: Readonly<Record<string, unknown>>): string | null {
  const [issue] = checkedSettings.safeParse(settings).error?.issues ?? []
  return issue === undefined ? null : issue.path.join('.') || 'settings'
}

const extensions = z.object({
  bifrost: z.object({
    settings: keySettings,
    /** Where each part of the credential is in the vendor configurations, by the part's name. */
    paths: z.record(z.string(), z.string()),
    shown: z.record(z.string(), z.string()).optional(),
  }),
})

interface ShownSecret {
  readonly name: string
  readonly path: string
  readonly masked: string
  readonly environmentVariable: string | null
}

/** The gateway shows it as it is, Bifrost masked like every other part. */
const SHOWN_REGION = 'vertex.region'

/** A key in Bifrost's words. */
export interface StoredKey {
  readonly settings: KeySettings
  readonly secrets: readonly ShownSecret[]
}

/** Null for a key that was never written here, or whose extension somebody else wrote in another form. */
export function readStoredKey(key: BifrostKeyFieldsFragment): StoredKey | null {
  const extension = extensions.safeParse(key.extensions).data?.bifrost
  if (extension === undefined) return null
  const { settings, paths, shown = {} } = extension
  const named = Object.entries(paths).filter(([name, path]) => isNameOf(name, path))
  const secrets = named.flatMap(([name, path]) => {
    const part = partOf(key, name, path)
    if (part === null) return []
    const open = isShown(path) && Object.hasOwn(shown, name) && part.environmentVariable === null ? shown[name] : undefined
    return [{ ...part, name, path, ...(open === undefined ? {} : { masked: open }) }]
  })
  return { settings, secrets }
}

/** The names of the parts that Bifrost's API does not show, because another API wrote them. */
export function hiddenParts(key: BifrostKeyFieldsFragment): string[] {
  const shown = (readStoredKey(key)?.secrets ?? []).map(({ name }) => name)
  const open = OPEN_NAMES.filter((name) => partOf(key, name, '') !== null)
  return [...key.credentialParts.map(({ name }) => name), ...open].filter((name) => !shown.includes(name))
}

function partOf(key: BifrostKeyFieldsFragment, name: string, path: string): Omit<ShownSecret, 'name' | 'path'> | null {
  const part = key.credentialParts.find((one) => one.name === name)
  if (part !== undefined)
    return { ...part, masked: part.name === SHOWN_REGION && /^[a-z0-9-]+$/.test(part.masked) ? maskText(part.masked) : part.masked }
  if (name === 'endpoint' && key.endpointVariable !== null) return { masked: '', environmentVariable: key.endpointVariable }
  const value = openPart(key, name)
  return value === null ? null : { masked: isShown(path) ? value : maskText(value), environmentVariable: null }
}

/** A part that the gateway keeps in the open. */
function openPart({ endpoint, region, roleArn, externalId }: BifrostKeyFieldsFragment, name: string): string | null {
  switch (name) {
    case 'endpoint':
      return endpoint
    case 'aws.region':
      return region
    case 'aws.roleArn':
      return roleArn
    case 'aws.externalId':
      return externalId
    default:
      return null
  }
}
