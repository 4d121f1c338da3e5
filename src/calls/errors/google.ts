import { CALL_ERRORS } from '../error-codes.ts'
import type { ErrorContent, ErrorShape } from './shape.ts'

/** Google's own API, which speaks in the words of gRPC. */
export const googleErrors: ErrorShape = {
  error: (content) => ({ body: bodyOf(content) }),
  event: (content) => `data: ${JSON.stringify(bodyOf(content))}\n\n`,
}

function bodyOf({ code, message, retryAfterMs }: ErrorContent) {
  const { http, google } = CALL_ERRORS[code]
  const reason = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain: 'gateway' }
  const isLimit = http === 429 && retryAfterMs !== null
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${Math.ceil((retryAfterMs ?? 0) / 1_000)}s` }
  return { error: { code: http, message, status: google, details: isLimit ? [reason, retry] : [reason] } }
}
