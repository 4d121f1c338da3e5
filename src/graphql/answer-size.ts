import { type ExecutionResult, GraphQLError } from 'graphql'
import { Fault } from '../errors.ts'
import { LIMITS } from './limits.ts'

/**
 * The result, or a refusal in its place when its JSON would be too long. The bytes are counted before any of the JSON is
 * made: the text of a large one would take more memory than the result.
 */
export function withinAnswerBytes(result: ExecutionResult): ExecutionResult {
  if (countUpTo(result.data, LIMITS.answerBytes) <= LIMITS.answerBytes) return result
  const message = `The answer is longer than ${LIMITS.answerBytes} bytes. Ask for smaller pages or fewer fields.`
  return { data: null, errors: [new GraphQLError(message, { originalError: new Fault('QUERY_TOO_COMPLEX', message) })] }
}

/** The bytes of the value as JSON; some number above the limit once that is passed. */
export function countUpTo(value: unknown, limit: number): number {
  if (typeof value === 'string') return bytesOfText(value)
  if (typeof value !== 'object' || value === null) return String(value).length
  if ('toJSON' in value && typeof value.toJSON === 'function') return countUpTo(value.toJSON(), limit)
  const isList = Array.isArray(value)
  let bytes = 2
  for (const name in value) {
    if (bytes > limit) break
    const item: unknown = Reflect.get(value, name)
    if (item !== undefined) bytes += countUpTo(item, limit - bytes) + (isList ? 1 : bytesOfText(name) + 2)
  }
  return bytes
}

/** With its quotes, and what JSON escapes. */
function bytesOfText(text: string): number {
  return ESCAPED.test(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + 2
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON escapes.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/
