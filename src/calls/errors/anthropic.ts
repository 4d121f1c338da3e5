import { CALL_ERRORS } from '../error-codes.ts'
import type { ErrorContent, ErrorShape } from './shape.ts'

/** Anthropic. Its SDK makes a nicer text of a `message` at the top, which the API itself does not send. */
export const anthropicErrors: ErrorShape = {
  error: (content) => ({ body: bodyOf(content) }),
  event: (content) => `event: error\ndata: ${JSON.stringify(bodyOf(content))}\n\n`,
}

function bodyOf({ code, message, requestId }: ErrorContent) {
  return { type: 'error', error: { type: CALL_ERRORS[code].anthropic, message }, message, request_id: requestId }
}
