import { z } from 'zod'
import { recordWithoutNulls } from './record-without-nulls.ts'

/** Other names for models, in both forms: `{"fast": "gpt-a"}` and `{"fast": {"model_id": "gpt-a", ...}}` (Bifrost contract, section 2.6). */

const plain = z.union([z.string(), z.boolean(), z.number()])

/** Some fields have the form of secrets in Bifrost. Nothing secret is in them, so the text alone is kept. */
const secretForm = z.looseObject({
  value: z.string().nullish(),
  ref: z.string().nullish(),
  env_var: z.string().nullish(),
})

const field = z.union([plain, secretForm.transform(({ value, ref, env_var }) => ref || env_var || (value ?? ''))])

/** Aliases going in. */
export const aliasesRequest = recordWithoutNulls(z.union([z.string(), recordWithoutNulls(field)]))

/** Aliases as they are stored and shown. */
export const aliases = z.record(z.string(), z.union([z.string(), z.record(z.string(), plain)]))

type Aliases = z.output<typeof aliases>

/** Fields that mean something to one vendor alone, and what Bifrost calls its keys. */
const VENDOR_FIELDS = [
  { base: 'azure', title: 'Azure', fields: ['api_version', 'anthropic_version', 'endpoint'] },
  { base: 'vertex', title: 'Vertex', fields: ['project_number', 'force_single_region'] },
  { base: 'bedrock', title: 'Bedrock', fields: ['inference_profile_arn'] },
  { base: 'replicate', title: 'Replicate', fields: ['use_deployments_endpoint'] },
] as const

/** What is wrong with the aliases of a key of this (base) provider, in Bifrost's words; null when nothing is. */
export function aliasReason(given: Aliases, base: string): string | null {
  const seen = new Set<string>()
  for (const [source, target] of Object.entries(given)) {
    const reason = sourceReason(source) ?? targetReason(source, target, base)
    if (reason !== null) return reason
    if (seen.has(source.toLowerCase())) return `duplicate alias source ${quoted(source)} (case-insensitive)`
    seen.add(source.toLowerCase())
  }
  return null
}

function sourceReason(source: string): string | null {
  if (source.trim() === '') return 'alias source cannot be empty'
  return source === source.trim() ? null : `alias source ${quoted(source)} cannot have leading or trailing whitespace`
}

function targetReason(source: string, target: Aliases[string], base: string): string | null {
  const rich = typeof target === 'string' ? { model_id: target } : target
  const [model, name] = [String(rich.model_id ?? ''), 'model_name' in rich ? String(rich.model_name) : '']
  if (model.trim() === '') return `alias ${quoted(source)}: model_id cannot be empty`
  if (model !== model.trim()) return `alias ${quoted(source)}: model_id cannot have leading or trailing whitespace`
  if (name !== name.trim()) return `alias ${quoted(source)}: model_name cannot have leading or trailing whitespace`
  const foreign = VENDOR_FIELDS.find((vendor) => vendor.base !== base && vendor.fields.some((known) => known in rich))
  if (foreign === undefined) return null
  return `alias ${quoted(source)}: ${foreign.base} sub-config is only valid on ${foreign.title} keys (got provider "${base}")`
}

/** As Go quotes a text in its messages; cut, since a client may send anything. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}

/** An alias that has a model id alone is shown as that. */
export function shortAliases(given: Aliases): Aliases {
  return Object.fromEntries(
    Object.entries(given).map(([source, target]) => {
      if (typeof target === 'string' || Object.keys(target).length !== 1) return [source, target]
      return [source, typeof target.model_id === 'string' ? target.model_id : target]
    }),
  )
}
