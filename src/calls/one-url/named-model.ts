import type { IncomingHttpHeaders } from 'node:http'
import type { TakeTurn } from '../../http/turns.ts'
import { type CallBody, isJson } from '../call-body.ts'
import { type CallSource, LONGEST_MODEL, readModel } from '../call-model.ts'
import { CallError } from '../error-codes.ts'
import { LONGEST_PROVIDER_NAME } from '../provider-snapshots.ts'
import { replaceHead } from './replace-head.ts'

/** The model that the body of a call names, and the body with another one in its place. */
export interface NamedModel {
  readonly name: string
  /** The body with these bytes of the name replaced, and every other byte as it was. */
  withModel(model: string): CallBody
  /** Whether the body can be sent again, to another vendor. */
  readonly isRepeatable: boolean
}

/**
 * Reads the model of a call to the one base URL.
 * @throws CallError `model_required`, `model_not_found`, `model_ambiguous`, `body_not_json`.
 */
export async function readNamedModel(path: string, headers: IncomingHttpHeaders, body: CallBody, takeTurn: TakeTurn): Promise<NamedModel> {
  const { 'content-type': contentType, 'content-encoding': contentEncoding } = headers
  // Of a form that is too long to be kept, the first part is here.
  const isHead = body.kind === 'stream' && body.head !== null
  const read: CallBody = isHead ? { kind: 'whole', bytes: body.head } : body
  const model = await readModel({
    path,
    contentType,
    contentEncoding,
    body: read,
    isHead,
    longestName: LONGEST_PROVIDER_NAME + 1 + LONGEST_MODEL,
    takeTurn,
  })
  switch (model.kind) {
    case 'model': {
      const { name, source } = model
      if (source === null || read.kind !== 'whole') throw new Error('A path below /v1 names no model.')
      const { bytes } = read
      const asValue = (text: string) => Buffer.from(isJson(contentType) ? JSON.stringify(text) : text)
      return { name, isRepeatable: body.kind === 'whole', withModel: (text) => withBytes(body, replaced(bytes, source, asValue(text))) }
    }
    case 'none':
      throw new CallError('model_required', 'The request names no model. Set `model` to `provider/model` or to the name of a route.')
    case 'ambiguous':
      throw new CallError('model_ambiguous', 'The request names its model twice. Name it once.')
    case 'unreadable':
      throw new CallError(
        'body_not_json',
        'The body must be a JSON object in UTF-8 or a regular multipart form, and not compressed, so that its model can be read.',
      )
  }
}

function replaced(bytes: Buffer, { start, end }: CallSource, value: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, start), value, bytes.subarray(end)])
}

/** @param bytes all of a body that is kept, or the first part of one that is streamed. */
function withBytes(body: CallBody, bytes: Buffer): CallBody {
  if (body.kind !== 'stream' || body.head === null) return { kind: 'whole', bytes }
  return { ...body, stream: replaceHead(body.stream, body.head.length, bytes), head: bytes }
}
