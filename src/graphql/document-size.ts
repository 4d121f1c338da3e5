import { GraphQLError, Source } from 'graphql'
import { LIMITS } from './limits.ts'

const DOCUMENT_TOO_LARGE = `The document must not be larger than ${LIMITS.documentBytes} bytes. Ask for fewer fields, and give values as variables.`

/** The refusal of a document with more bytes than any client needs; null for one that may be parsed. */
export function documentProblem(source: string | Source): GraphQLError | null {
  const text = source instanceof Source ? source.body : source
  // No text has fewer bytes than characters, so that the long ones need not be measured.
  if (text.length <= LIMITS.documentBytes && Buffer.byteLength(text) <= LIMITS.documentBytes) return null
  return new GraphQLError(DOCUMENT_TOO_LARGE, { extensions: { code: 'BAD_USER_INPUT', http: { status: 413 } } })
}

/**
 * The same for the document in the JSON of a body, as soon as it was read: what waits for its turn to be parsed holds the body,
 * and hundreds of large ones would fill the memory.
 */
export function documentProblemInBody(body: string): GraphQLError | null {
  if (body.length <= LIMITS.documentBytes) return null
  const query = queryIn(body)
  return query === null ? null : documentProblem(query)
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
