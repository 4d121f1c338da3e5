import { CALL_ERRORS } from '../error-codes.ts'
import type { ErrorContent, ErrorShape } from './shape.ts'

/** OpenAI, and all who copy its API. */
export const openaiErrors: ErrorShape = {
  error: (content) => ({ body: bodyOf(content) }),
  event: (content) => `data: ${JSON.stringify(bodyOf(content))}\n\n`,
}

function bodyOf({ code, message }: ErrorContent) {
  return { error: { message, type: CALL_ERRORS[code].openai, param: null, code } }
}
