import { toUnavailable } from '../database/failures.ts'
import { Fault } from '../errors.ts'
import { CallError } from './error-codes.ts'

/**
 * What a caller may see of whatever was thrown.
 * @param onUnexpected hears of what is nobody's input and no known state of the gateway.
 * @param onUnavailable hears that the gateway lacks something for now, such as its database.
 */
export function toCallError(error: unknown, onUnexpected: (error: Error) => void, onUnavailable: (fault: Fault) => void): CallError {
  if (error instanceof CallError) return error
  const fault = toUnavailable(error)
  if (fault instanceof Fault) {
    const wait = fault.retryAfterSeconds === null ? {} : { retryAfterMs: fault.retryAfterSeconds * 1_000 }
    if (fault.code === 'RATE_LIMITED') return new CallError('token_rate_limited', fault.message, wait)
    if (fault.code === 'SERVICE_UNAVAILABLE') {
      onUnavailable(fault)
      return new CallError('overloaded', fault.message, { retryAfterMs: 1_000, ...wait })
    }
  }
  if (error instanceof Error) onUnexpected(error)
  return new CallError('internal_error', 'Something went wrong in the gateway. Its log has the details under the id of this request.')
}
