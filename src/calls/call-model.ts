import type { CallBody } from './call-body.ts'
import { isJson } from './call-body.ts'
import { CallError } from './error-codes.ts'
import { findMembers } from './json-member.ts'

/** What a call says of its model. */
export type CallModel =
  /** `source`: where the name stands in the body, with the quotes of JSON; null when it stands in the path. */
  | { readonly kind: 'model'; readonly name: string; readonly source: CallSource | null }
  /** It has none: no such member, no such part of the path. */
  | { readonly kind: 'none' }
  /** Its body cannot be read: compressed, streamed, no JSON. */
  | { readonly kind: 'unreadable' }
  /** Two members claim to be it. */
  | { readonly kind: 'ambiguous' }

/** Bytes of a body: from `start` up to `end`. */
export interface CallSource {
  readonly start: number
  readonly end: number
}

export interface ModelSource {
  /** At the vendor, without its query. */
  readonly path: string
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  readonly body: CallBody
  /** How many characters the name has at most; left out: as many as a vendor's name of a model. */
  readonly longestName?: number
}

/** Characters of a vendor's name of a model. Names are kept in memory, in records and for keys that rest. */
export const LONGEST_MODEL = 500

/** Models that stand in a path: Google's and Vertex AI's, Bedrock's, Azure's deployments, and one model of a list. */
const IN_PATH = [/\/models\/([^/]+):[A-Za-z]+$/, /\/model\/([^/]+)\/[a-z-]+$/, /\/openai\/deployments\/([^/]+)\/./, /\/models\/([^:]+)$/]

/**
 * Reads the model of a call: from its path where the API has it there, else from the body.
 * @throws CallError `model_not_found`: a name that is too long for a model.
 */
export function readModel(source: ModelSource): CallModel {
  const longest = source.longestName ?? LONGEST_MODEL
  const model = findModel(source, longest)
  if (model.kind === 'model' && model.name.length > longest) throw nameTooLong(longest)
  return model
}

function nameTooLong(longest: number): CallError {
  return new CallError('model_not_found', `There is no such model: names of models have at most ${longest} characters here.`)
}

function findModel({ path, contentType, contentEncoding, body }: ModelSource, longest: number): CallModel {
  const inPath = IN_PATH.map((pattern) => pattern.exec(path)?.[1]).find((name) => name !== undefined)
  if (inPath !== undefined) return { kind: 'model', name: decodeURIComponent(inPath), source: null }
  if (body.kind === 'none') return { kind: 'none' }
  const isPlain = contentEncoding === undefined || contentEncoding.toLowerCase() === 'identity'
  if (body.kind === 'stream' || !isPlain) return { kind: 'unreadable' }
  if (isJson(contentType)) return modelOfJson(body.bytes, longest)
  const boundary = boundaryOf(contentType)
  return boundary === null ? { kind: 'unreadable' } : modelOfForm(body.bytes, boundary, longest)
}

const QUOTE = 0x22

function modelOfJson(bytes: Buffer, longest: number): CallModel {
  const members = findMembers(bytes, 'model')
  if (members === null) return { kind: 'unreadable' }
  const [first, second] = members
  if (second !== undefined) return { kind: 'ambiguous' }
  if (first === undefined || first.name !== 'model') return { kind: 'none' }
  if (bytes[first.start] !== QUOTE) return { kind: 'none' }
  // Each character has six bytes at most, and a name that is too long is never decoded.
  if (first.end - first.start - 2 > 6 * longest) throw nameTooLong(longest)
  try {
    const name: unknown = JSON.parse(bytes.toString('utf8', first.start, first.end))
    return typeof name === 'string' && name !== '' ? { kind: 'model', name, source: first } : { kind: 'none' }
  } catch {
    return { kind: 'unreadable' }
  }
}

/** RFC 2046, section 5.1.1. */
function boundaryOf(contentType: string | undefined): string | null {
  const [, quoted, plain] =
    /^\s*multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? '') ?? []
  return quoted ?? plain ?? null
}

/** The parts of a form that are named `model`: between a boundary's headers and the next boundary. */
function modelOfForm(bytes: Buffer, boundary: string, longest: number): CallModel {
  const delimiter = Buffer.from(`--${boundary}`)
  const values: CallSource[] = []
  let at = bytes.indexOf(delimiter)
  while (at !== -1) {
    const start = at + delimiter.length
    const next = bytes.indexOf(delimiter, start)
    if (next === -1) break
    const value = valueNamedModel(bytes, { start, end: next })
    // Parsers differ in which of two spellings of a name they take.
    if (value === 'two names') return { kind: 'unreadable' }
    if (value !== null) values.push(value)
    at = next
  }
  const [first, second] = values
  if (second !== undefined) return { kind: 'ambiguous' }
  if (first !== undefined && first.end - first.start > 3 * longest) throw nameTooLong(longest)
  const name = first === undefined ? '' : bytes.toString('utf8', first.start, first.end)
  return first === undefined || name === '' ? { kind: 'none' } : { kind: 'model', name, source: first }
}

const MAX_PART_HEADERS = 4_096

function valueNamedModel(bytes: Buffer, part: CallSource): CallSource | 'two names' | null {
  const headersEnd = bytes.subarray(part.start, part.end).indexOf('\r\n\r\n')
  if (headersEnd === -1 || headersEnd > MAX_PART_HEADERS) return null
  const start = part.start + headersEnd + 4
  const headers = bytes.toString('latin1', part.start, start - 4)
  if (/name\*/i.test(headers)) return 'two names'
  const isModel = /(?:^|[\r\n;\s])name\s*=\s*(?:"model"|model(?=[\s;]|$))/i.test(headers)
  if (!isModel) return null
  const endsLine = part.end - start >= 2 && bytes.toString('latin1', part.end - 2, part.end) === '\r\n'
  return { start, end: endsLine ? part.end - 2 : part.end }
}

/**
 * The one readable model of a call by a token that may use some models only.
 * @throws CallError `model_not_allowed`, `model_ambiguous`.
 */
export function requireModel(model: CallModel, source: Pick<ModelSource, 'body' | 'contentType'>): string {
  if (model.kind === 'ambiguous') throw new CallError('model_ambiguous', 'The request names its model twice. Name it once.')
  if (model.kind !== 'model') throw cannotTell()
  requireReadable(source)
  return model.name
}

/**
 * Whether a vendor reads the same model from the body as we do.
 * @throws CallError `model_not_allowed`.
 */
export function requireReadable(source: Pick<ModelSource, 'body' | 'contentType'>): void {
  if (source.body.kind === 'stream' || !isWholeJson(source)) throw cannotTell()
}

function cannotTell(): CallError {
  return new CallError('model_not_allowed', 'This token may call some models only, and the model of this request cannot be told.')
}

/** What is no JSON to us may be some to a vendor that is less strict, with another model in it. */
function isWholeJson({ body, contentType }: Pick<ModelSource, 'body' | 'contentType'>): boolean {
  if (body.kind !== 'whole' || !isJson(contentType)) return true
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body.bytes))
    return true
  } catch {
    return false
  }
}
