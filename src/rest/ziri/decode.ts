import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from '../../http/respond.ts'
import { isJson, readJson } from '../read-json.ts'
import { isKeyOf } from './api-key.ts'
import { INVALID_API_KEY, invalidRequest, MISSING_FIELDS, NOT_JSON } from './errors.ts'
import { metadata as metadataSchema, toName, type UpdateRequest, type UpsertRequest, updateRequest } from './wire.ts'

/** A request that keeps ZIRI's own rules, or the answer that refuses it. */
export type Decoded<Request> = { readonly request: Request } | { readonly refusal: Answer }

interface Body {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const NAME_RULE = 'name must be lowercase letters and digits, words joined by hyphens'
const METADATA_RULE = 'metadata must be an object whose displayName and baseUrl are strings'
const KEY_RULE = 'metadata and displayName are shown to everyone who reads: leave the key out of them'

/** Reads a create-or-update: what is missing comes before what is wrong (ZIRI contract, "keys" and "metadata details"). */
export function decodeUpsert(given: Body): Decoded<UpsertRequest> {
  const fields = readFields(given)
  if ('refusal' in fields) return fields
  const { name, apiKey, metadata } = fields.request
  if (isAbsent(name) || isAbsent(apiKey)) return { refusal: MISSING_FIELDS }
  if (typeof name !== 'string') return { refusal: invalidRequest('name must be a string') }
  const slug = toName(name)
  if (slug === null) return { refusal: invalidRequest(NAME_RULE) }
  if (typeof apiKey !== 'string' || !isKeyOf(slug, apiKey)) return { refusal: INVALID_API_KEY }
  const parsed = metadataSchema.nullish().safeParse(metadata)
  if (!parsed.success) return { refusal: invalidRequest(METADATA_RULE) }
  const { apiKey: _, ...shown } = parsed.data ?? {}
  if (repeats(shown, apiKey)) return { refusal: invalidRequest(KEY_RULE) }
  return { request: { name: name.toLowerCase(), apiKey, metadata: parsed.data } }
}

/** Reads a PUT. */
export function decodeUpdate(given: Body, name: string): Decoded<UpdateRequest> {
  const fields = readFields(given)
  if ('refusal' in fields) return fields
  const { apiKey } = fields.request
  if (!isAbsent(apiKey) && (typeof apiKey !== 'string' || !isKeyOf(name, apiKey))) return { refusal: INVALID_API_KEY }
  const parsed = updateRequest.safeParse(fields.request)
  if (!parsed.success) return { refusal: invalidRequest('displayName must be a string') }
  const { data } = parsed
  if (data.apiKey && data.displayName?.includes(data.apiKey)) return { refusal: invalidRequest(KEY_RULE) }
  return { request: data }
}

/** Whether what every reader will see has the key in it, anywhere. */
function repeats(shown: object, key: string): boolean {
  return JSON.stringify(shown).includes(JSON.stringify(key).slice(1, -1))
}

/** The fields of a body; one that is empty, or no object, has none (ZIRI contract, section A6). */
function readFields({ headers, body }: Body): Decoded<Record<string, unknown>> {
  if (body.trim() === '') return { request: {} }
  if (!isJson(headers['content-type'])) return { refusal: NOT_JSON }
  const read = readJson(body)
  if ('problem' in read) return { refusal: invalidRequest(`The body cannot be read as JSON: ${read.problem}`) }
  const { value } = read
  return { request: typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {} }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
