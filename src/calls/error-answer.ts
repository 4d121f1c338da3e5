import type { Answer } from '../http/respond.ts'
import { CALL_ERRORS, type CallError } from './error-codes.ts'
import type { ErrorShape } from './errors/shape.ts'

/** The answer to a call that ends with an error of ours. */
export function errorAnswer(shape: ErrorShape, { code, message, retryAfterMs }: CallError, requestId: string): Answer {
  const { http, shouldRetry } = CALL_ERRORS[code]
  const { body, headers = {} } = shape.error({ code, message, requestId, retryAfterMs })
  return {
    status: http,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': requestId,
      ...(shouldRetry === false ? { 'x-should-retry': 'false' } : {}),
      ...(retryAfterMs === null ? {} : retryHeaders(retryAfterMs)),
      ...(http === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      // RFC 9110, section 15.5.22: the protocol that this server speaks instead.
      ...(http === 426 ? { upgrade: 'HTTP/1.1', connection: 'upgrade' } : {}),
      // The rest of the body is not read.
      ...(http === 413 ? { connection: 'close' } : {}),
      ...headers,
    },
    body: `${JSON.stringify(body)}\n`,
  }
}

function retryHeaders(retryAfterMs: number): Readonly<Record<string, string>> {
  const waitMs = Math.max(1, Math.ceil(retryAfterMs))
  return { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))), 'retry-after-ms': String(waitMs) }
}
