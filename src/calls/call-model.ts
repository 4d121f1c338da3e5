import type { TakeTurn } from '../http/turns.ts'
import { modelsInPath } from './addressed-models.ts'
import type { CallBody } from './call-body.ts'
import { isJson } from './call-body.ts'
import { isUtf8Type, parseContentType } from './content-type.ts'
import { CallError } from './error-codes.ts'
import { boundaryOf, modelOfForm } from './form-model.ts'
import { readJsonTop } from './json-member.ts'

/** What a call says of its model. */
export type CallModel =
  /** `source`: where the name stands in the body, with the quotes of JSON; null when it stands in the path or in a header. */
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
  /** The models that headers name, where the vendor takes it from one of them whatever the body says; left out elsewhere. */
  readonly inHeaders?: readonly string[]
  /** Whether the body is the first part of a longer one; a form is read up to there. */
  readonly isHead?: boolean
  /** How many characters the name has at most; left out: as many as a vendor's name of a model. */
  readonly longestName?: number
  /** A long body is read in turns with other work. */
  readonly takeTurn: TakeTurn
}

/** Characters of a vendor's name of a model. Names are kept in memory, in records and for keys that rest. */
export const LONGEST_MODEL = 500

/**
 * Reads the model of a call: from its path where the API has it there, else from the body.
 * @throws CallError `model_not_found`: a name that is too long for a model.
 */
export async function readModel(source: ModelSource): Promise<CallModel> {
  const longest = source.longestName ?? LONGEST_MODEL
  const model = await findModel(source, longest)
  if (model.kind === 'model' && model.name.length > longest) throw nameTooLong(longest)
  return model
}

function nameTooLong(longest: number): CallError {
  return new CallError('model_not_found', `There is no such model: model names have at most ${longest} characters here.`)
}

async function findModel(source: ModelSource, longest: number): Promise<CallModel> {
  const { path, contentType, body, inHeaders = [], isHead = false, takeTurn } = source
  const [inPath] = modelsInPath(path)
  if (inPath === null) return { kind: 'unreadable' }
  if (inPath !== undefined) return { kind: 'model', name: inPath, source: null }
  const [inHeader, another] = inHeaders
  if (another !== undefined) return { kind: 'ambiguous' }
  if (inHeader !== undefined) return { kind: 'model', name: inHeader, source: null }
  if (body.kind === 'none') return { kind: 'none' }
  if (body.kind === 'stream' || !isPlain(source)) return { kind: 'unreadable' }
  if (contentType === undefined) return modelOfJson(body.bytes, longest, takeTurn)
  const type = parseContentType(contentType)
  if (type === null || !isUtf8Type(type)) return { kind: 'unreadable' }
  if (isJson(contentType)) return modelOfJson(body.bytes, longest, takeTurn)
  const boundary = boundaryOf(type)
  return boundary === null ? { kind: 'unreadable' } : modelOfForm(body.bytes, boundary, !isHead)
}

function isPlain({ contentEncoding }: ModelSource): boolean {
  return contentEncoding === undefined || contentEncoding.toLowerCase() === 'identity'
}

async function modelOfJson(bytes: Buffer, longest: number, takeTurn: TakeTurn): Promise<CallModel> {
  const top = await readJsonTop(bytes, 'model', takeTurn)
  if (top === null || !top.isObject) return { kind: 'unreadable' }
  const [first, second] = top.members
  if (second !== undefined) return { kind: 'ambiguous' }
  if (first === undefined || first.name !== 'model' || first.text === null) return { kind: 'none' }
  const { start, end } = first.text
  // Each character has six bytes at most, and a name that is too long is never decoded.
  if (end - start - 2 > 6 * longest) throw nameTooLong(longest)
  const name: unknown = JSON.parse(bytes.toString('utf8', start, end))
  return typeof name === 'string' && name !== '' ? { kind: 'model', name, source: first.text } : { kind: 'none' }
}

/**
 * The one readable model of a call by a token that may use some models only.
 * @throws CallError `model_not_allowed`, `model_ambiguous`.
 */
export async function requireModel(model: CallModel, source: ModelSource): Promise<string> {
  if (model.kind === 'ambiguous') throw new CallError('model_ambiguous', 'The request names its model twice. Name it once.')
  requireWhole(source.body)
  if (model.kind !== 'model') throw cannotTell()
  if (model.source === null && !(await isWholeJson(source))) throw cannotTell()
  return model.name
}

/**
 * Whether a vendor reads the same model from the body as we do: of a body that is streamed only the first part was looked at.
 * @throws CallError `model_not_allowed`.
 */
export function requireWhole(body: CallBody): void {
  if (body.kind === 'stream') {
    const message = 'This token may call some models only, and the model cannot be told in a body of more than 1 MiB that is not JSON.'
    throw new CallError('model_not_allowed', message)
  }
}

function cannotTell(): CallError {
  return new CallError('model_not_allowed', 'This token may call only some models, and the gateway cannot tell the model of this request.')
}

/** What is no JSON to us may be some to a vendor that is less strict, with another model in it than the path's or the header's. */
async function isWholeJson(source: ModelSource): Promise<boolean> {
  const { body, contentType, takeTurn } = source
  if (body.kind !== 'whole') return true
  return isPlain(source) && (!isJson(contentType) || (await readJsonTop(body.bytes, 'model', takeTurn)) !== null)
}
