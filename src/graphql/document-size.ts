import { GraphQLError, Source } from 'graphql'
import { LIMITS } from './limits.ts'

const DOCUMENT_TOO_LARGE = `The document must not be larger than ${LIMITS.documentBytes} bytes. Ask for fewer fields, and give values as variables.`

const TOO_MANY_COMMENTS = `The document must not have more than ${LIMITS.tokens} comments.`

/** The refusal of a document with more bytes or comments than any client needs; null for one that may be parsed. */
export function documentProblem(source: string | Source): GraphQLError | null {
  const text = source instanceof Source ? source.body : source
  if (isTooLarge(text)) return new GraphQLError(DOCUMENT_TOO_LARGE, { extensions: { code: 'BAD_USER_INPUT', http: { status: 413 } } })
  // The limit of tokens counts no comments, but each becomes a token: 64 KiB of them take 4 MB until the memory is cleaned.
  if (text.split('#', LIMITS.tokens + 2).length <= LIMITS.tokens + 1) return null
  return new GraphQLError(TOO_MANY_COMMENTS, { extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400, spec: true } } })
}

/** No text has fewer bytes than characters, so that the long ones need not be measured. */
function isTooLarge(text: string): boolean {
  return text.length > LIMITS.documentBytes || Buffer.byteLength(text) > LIMITS.documentBytes
}

/**
 * Why a document in the JSON of a body is too large to be read, as soon as the body is there: what waits for its turn to be parsed
 * holds the body, and hundreds of large ones would fill the memory.
 */
export function largeDocumentIn(body: string): string | null {
  if (body.length <= LIMITS.documentBytes) return null
  const query = queryIn(body)
  return query !== null && isTooLarge(query) ? DOCUMENT_TOO_LARGE : null
}

function queryIn(body: string): string | null {
  try {
    const { query }: { query?: unknown } = Object(JSON.parse(body))
    return typeof query === 'string' ? query : null
  } catch {
    // What reads it next says what is wrong with it.
    return null
  }
}
