import { OutboundError } from '../upstream/client/outbound-error.ts'
import type { CallFailure } from '../upstream/client/pooled-call.ts'
import { CallError } from './error-codes.ts'

/** Whether a status is that of a vendor in trouble, which another try may get past. */
export function isTrouble(status: number): boolean {
  return [408, 500, 502, 503, 504, 524, 529].includes(status)
}

/** What the caller is answered when the vendor gave no answer. It names no host: callers need not know where a provider is. */
export function answerToFailure({ kind, error }: CallFailure): CallError {
  // An upload that grew beyond the limit on its way ends the request by this, and a stop does.
  if (error instanceof CallError) return error
  switch (kind) {
    case 'unreachable':
      return unreachable(error)
    case 'silent':
      return new CallError('upstream_timeout', 'The provider did not begin to answer in time.')
    case 'broken':
      return new CallError('upstream_unreachable', 'The provider closed the connection without an answer, or its answer was not HTTP.')
    case 'unsendable':
      return new CallError('internal_error', 'The gateway could not write this request.')
  }
}

/** What the caller is told in the middle of an answer. */
export function endOfBroken({ kind, error }: CallFailure): Pick<CallError, 'code' | 'message'> {
  if (error instanceof CallError) return error
  const message =
    kind === 'silent' ? 'The provider stopped sending in the middle of its answer.' : "The provider's answer ended before it was complete."
  return { code: 'upstream_unreachable', message }
}

function unreachable(error: Error): CallError {
  const status = error instanceof OutboundError ? error.failure.status : null
  switch (status) {
    case 'BLOCKED_ADDRESS':
      return new CallError('address_blocked', "The gateway may not connect to the provider's address. Ask the gateway's operator.")
    case 'TLS_FAILED':
      return new CallError('upstream_unreachable', "The gateway could not start TLS with the provider. Ask the gateway's operator.")
    case 'TIMED_OUT':
      return new CallError('upstream_unreachable', 'The provider did not accept a connection in time.')
    default:
      return new CallError('upstream_unreachable', 'The gateway could not connect to the provider.')
  }
}
