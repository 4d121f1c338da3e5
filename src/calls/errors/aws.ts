import { CALL_ERRORS } from '../error-codes.ts'
import type { ErrorShape } from './shape.ts'

/** AWS: the class of the error is in a header. Its streams are binary, and only break off. */
export const awsErrors: ErrorShape = {
  error: ({ code, message }) => ({ body: { message }, headers: { 'x-amzn-errortype': CALL_ERRORS[code].aws } }),
  event: () => null,
}
