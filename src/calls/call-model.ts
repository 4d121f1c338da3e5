import { modelsInPath } from './addressed-models.ts'
import type { CallBody } from './call-body.ts'
import { isJson } from './call-body.ts'
import { isUtf8Type, parseContentType } from './content-type.ts'
import { CallError } from './error-codes.ts'
import { boundaryOf, modelOfForm } from './form-model.ts'
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
  /** Whether the body is the first part of a longer one; a form is read up to there. */
  readonly isHead?: boolean
  /** How many characters the name has at most; left out: as many as a vendor's name of a model. */
  readonly longestName?: number
}

/** Characters of a vendor's name of a model. Names are kept in memory, in records and for keys that rest. */
export const LONGEST_MODEL = 500

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

function findModel({ path, contentType, contentEncoding, body, isHead = false }: ModelSource, longest: number): CallModel {
  const [inPath] = modelsInPath(path)
  if (inPath === null) return { kind: 'unreadable' }
  if (inPath !== undefined) return { kind: 'model', name: inPath, source: null }
  if (body.kind === 'none') return { kind: 'none' }
  const isPlain = contentEncoding === undefined || contentEncoding.toLowerCase() === 'identity'
  if (body.kind === 'stream' || !isPlain) return { kind: 'unreadable' }
  if (contentType === undefined) return modelOfJson(body.bytes, longest)
  const type = parseContentType(contentType)
  if (type === null || !isUtf8Type(type)) return { kind: 'unreadable' }
  if (isJson(contentType)) return modelOfJson(body.bytes, longest)
  const boundary = boundaryOf(type)
  return boundary === null ? { kind: 'unreadable' } : modelOfForm(body.bytes, boundary, !isHead)
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
