import type { Failure } from './outbound-error.ts'
import type { BodyProblem } from './read-body.ts'
import type { Target } from './target.ts'

/** One request to an upstream. In a test its method and path come from the provider type, never from a user. */
export interface UpstreamRequest {
  readonly method: string
  /** Its path and query are sent byte for byte. */
  readonly target: Target
  /** Lower-case names. They win over the provider's extra headers of the same name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** The most that is read of a good response's body; 1 MiB unless it says otherwise. */
  readonly maxBodyBytes?: number
}

/** A response that can be judged; of a test its status is never 3xx. */
export interface UpstreamResponse {
  readonly kind: 'response'
  readonly httpStatus: number
  /** Lower-case names; a repeated header is joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** The first part of it where there is a problem. */
  readonly body: string
  /** The body as JSON, whatever its `content-type` says; undefined when it is none. */
  readonly json: unknown
  /** Why `body` is not all that the upstream sent. */
  readonly bodyProblem: BodyProblem
}

export type Reply = UpstreamResponse | Failure

/** A response from its parts, as they came over the wire. */
export function upstreamResponse(
  httpStatus: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  bodyProblem: BodyProblem = null,
): UpstreamResponse {
  if (bodyProblem !== null) return { kind: 'response', httpStatus, headers, body, json: undefined, bodyProblem }
  return hasTooManyParts(body)
    ? { kind: 'response', httpStatus, headers, body: '', json: undefined, bodyProblem: 'too long' }
    : { kind: 'response', httpStatus, headers, body, json: parseJson(body), bodyProblem }
}

/** The pause that an upstream asks for, in seconds, at most a day; null when it names none. */
export function retryAfterSeconds({ headers }: Pick<UpstreamResponse, 'headers'>): number | null {
  const text = headers['retry-after'] ?? ''
  return /^\d{1,5}$/.test(text) && Number(text) <= 86_400 ? Number(text) : null
}

/** Some 14 MB when parsed. The longest lists of models have a tenth of them. */
const MAX_JSON_PARTS = 250_000
/** No answer of an API is nested deeper than some dozens. */
const MAX_OPEN_JSON_PARTS = 1_000

/** A body of a few megabytes can be parsed into hundreds, when it is nothing but empty objects; a deep one keeps everybody waiting. */
function hasTooManyParts(body: string): boolean {
  let parts = 0
  let open = 0
  for (let at = 0; at < body.length; at += 1) {
    const character = body.charCodeAt(at)
    if (character === QUOTE) at = endOfText(body, at + 1)
    else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      parts += 1
      open += 1
      if (parts > MAX_JSON_PARTS || open > MAX_OPEN_JSON_PARTS) return true
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) open -= 1
  }
  return false
}

function endOfText(body: string, from: number): number {
  let at = from
  while (at < body.length && body.charCodeAt(at) !== QUOTE) at += body.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACE = 0x7d
const CLOSE_BRACKET = 0x5d

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
