import type { CallScope } from '../auth/call-scope.ts'
import type { TakeTurn } from '../http/turns.ts'
import { percentDecoded } from '../read-url.ts'
import { type CallBody, isJson } from './call-body.ts'
import { isUtf8Type, parseContentType } from './content-type.ts'
import { CallError } from './error-codes.ts'
import { type JsonSpan, type JsonTop, readJsonTop, valueIn } from './json-member.ts'

/** A call's body, and what tells how to read it. */
export interface SentBody {
  readonly body: CallBody
  /** At the vendor, without its query. */
  readonly path: string
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  /** The name of the vendor's preset; null for none. */
  readonly vendorPreset: string | null
  readonly takeTurn: TakeTurn
}

/** Google answers in this form to whoever sends or accepts it, and nobody here can read figures in it. */
const PROTOBUF = /proto/i

/** OpenAI's formats whose streams tell no figures unless they are asked for them. */
const LEAVES_USAGE_OUT = /\/(?:chat\/)?completions\/*$/i

/** It always tells the figures, and refuses to be asked for them. */
const TELLS_UNASKED = 'mistral'

const OPEN_BRACE = 0x7b
const ASKED = '{"include_usage":true}'

/**
 * The body of a call, with the vendor asked for the figures of its stream when the token may use so many tokens a day: a caller
 * must not get past that limit by leaving `include_usage` out, or setting it to something else. Every other byte stays.
 * @throws CallError `body_not_json` when it cannot be told whether the vendor would report its figures.
 */
export async function withReportedUsage({ tokensPerDay }: CallScope, sent: SentBody): Promise<CallBody> {
  const { body, path, vendorPreset, takeTurn } = sent
  if (tokensPerDay === null || body.kind === 'none') return body
  const isProtobuf = PROTOBUF.test(sent.contentType ?? '')
  if (!isProtobuf && (vendorPreset === TELLS_UNASKED || !LEAVES_USAGE_OUT.test(percentDecoded(path) ?? path))) return body
  const bytes = body.kind === 'whole' && isReadable(sent) ? await askedIn(body.bytes, takeTurn) : null
  if (bytes !== null) return bytes === 'as it is' ? body : { kind: 'whole', bytes }
  throw new CallError(
    'body_not_json',
    'This token has a limit of tokens per day, so the body must be a JSON object in UTF-8, not compressed, that names `stream_options` and `include_usage` at most once.',
  )
}

function isReadable({ contentType, contentEncoding }: SentBody): boolean {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') return false
  if (contentType === undefined) return true
  const type = parseContentType(contentType)
  return type !== null && isUtf8Type(type) && isJson(contentType)
}

type Asked = Buffer | 'as it is'

/** Null when parsers may differ in what they make of the body. */
async function askedIn(json: Buffer, takeTurn: TakeTurn): Promise<Asked | null> {
  const streams = await readJsonTop(json, 'stream', takeTurn)
  const options = await readJsonTop(json, 'stream_options', takeTurn)
  if (options === null || streams?.isObject !== true || options.members.length > 1) return null
  if (!mayStream(json, streams)) return 'as it is'
  const [given] = options.members
  // An object that has a member may have another one in front.
  if (given === undefined) return replaced(json, { start: json.indexOf('{') + 1, end: json.indexOf('{') + 1 }, `"stream_options":${ASKED},`)
  if (given.name !== 'stream_options') return null
  const value = valueIn(json, given.rest)
  return json[value.start] === OPEN_BRACE ? askedInOptions(json, value, takeTurn) : replaced(json, value, ASKED)
}

async function askedInOptions(json: Buffer, { start, end }: JsonSpan, takeTurn: TakeTurn): Promise<Asked | null> {
  const options = json.subarray(start, end)
  const top = await readJsonTop(options, 'include_usage', takeTurn)
  if (top === null || top.members.length > 1) return null
  const [given] = top.members
  if (given === undefined) {
    const inside = valueIn(json, { start: start + 1, end: end - 1 })
    const comma = inside.start < inside.end ? ',' : ''
    return replaced(json, { start: start + 1, end: start + 1 }, `"include_usage":true${comma}`)
  }
  if (given.name !== 'include_usage') return null
  const value = valueIn(options, given.rest)
  if (wordAt(options, value) === 'true') return 'as it is'
  return replaced(json, { start: start + value.start, end: start + value.end }, 'true')
}

/** Some vendors take any value that is like `true`, and parsers differ in which of two members counts. */
function mayStream(json: Buffer, { members }: JsonTop): boolean {
  return members.length > 1 || members.some(({ rest }) => !['false', 'null'].includes(wordAt(json, valueIn(json, rest))))
}

/** A value, as far as it can be a word of JSON. */
function wordAt(json: Buffer, { start, end }: JsonSpan): string {
  return json.toString('latin1', start, Math.min(end, start + 'false'.length + 1))
}

function replaced(json: Buffer, { start, end }: JsonSpan, text: string): Buffer {
  return Buffer.concat([json.subarray(0, start), Buffer.from(text), json.subarray(end)])
}

/**
 * The headers of a request whose answer is not compressed, nor in Protocol Buffers, when the token may use so many tokens a day: not
 * every encoding can be read, and of what unpacks to more than 32 MiB, such as a long list of embeddings, the figures never are.
 * @param headers name and value in turns.
 */
export function withPlainAnswer({ tokensPerDay }: CallScope, headers: string[]): string[] {
  if (tokensPerDay === null) return headers
  return headers.map((text, index) => (index % 2 === 1 ? plainValue((headers[index - 1] ?? '').toLowerCase(), text) : text))
}

function plainValue(name: string, value: string): string {
  if (name === 'accept-encoding') return 'identity'
  return name === 'accept' && PROTOBUF.test(value) ? '*/*' : value
}
