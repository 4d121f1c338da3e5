import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { passingFailureOf, toUnavailable } from '../database/failures.ts'
import { DomainError, Fault, type FaultCode, ValidationError } from '../errors.ts'
import { withoutQuotedInput } from './input-errors.ts'
import { TOO_SMALL_PAGE } from './paging.ts'
import { reworded } from './reworded.ts'
import { framesOf } from './source-frames.ts'

/** HTTP statuses of top-level errors. The others say 200 or 400, as the GraphQL-over-HTTP specification has it. */
const HTTP_STATUS: Partial<Record<FaultCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
}

/** What an error message may refer to. */
export interface RequestScope {
  readonly requestId: string
  readonly log: Logger
}

/**
 * Turns the errors of a result into what a client may see: refusals and problems with their code, anything unexpected
 * as one masked sentence, logged with the request id.
 */
export function withClientErrors<Result extends ExecutionResult>(result: Result, scope: RequestScope): Result {
  return result.errors === undefined ? result : { ...result, errors: result.errors.map((error) => toClientError(error, scope)) }
}

function toClientError(error: GraphQLError, scope: RequestScope): GraphQLError {
  const cause = rootCause(error)
  // Their messages quote the id or the cursor, in which anything may stand.
  if (BAD_REFERENCES.includes(cause.name)) {
    const message = cause.message.includes('non-negative') ? TOO_SMALL_PAGE : 'An id or a cursor in the request is not valid here.'
    return withRequestId(fromFault(new Fault('BAD_USER_INPUT', message)), error, scope)
  }
  if (cause instanceof GraphQLError) return withRequestId(withoutQuotedInput(cause), error, scope)
  if (cause instanceof DomainError) {
    const details = cause instanceof ValidationError ? { issues: cause.issues } : {}
    return withRequestId(new GraphQLError(cause.message, { extensions: { code: cause.code, ...details } }), error, scope)
  }
  const known = toUnavailable(cause)
  if (known instanceof Fault) {
    logUnavailable(known, scope.log)
    return withRequestId(fromFault(known), error, scope)
  }
  logUnexpected(cause, scope.log)
  const message = `Something went wrong here. The log of the gateway has the details under request ${scope.requestId}.`
  return withRequestId(fromFault(new Fault('INTERNAL_SERVER_ERROR', message)), error, scope)
}

/** What Pothos says of an id, a cursor or the size of a page that it cannot read, and of an id of a type that has no node. */
const BAD_REFERENCES = ['PothosValidationError', 'PothosSchemaError']

/** Writes what helps to find the fault, and no value: messages of Prisma, for one, quote the arguments of a call. */
export function logUnexpected(cause: Error, log: Logger): void {
  const own = 'code' in cause && typeof cause.code === 'string' ? cause.code : null
  const code = passingFailureOf(cause) ?? own
  log.error({ error: { name: cause.name, ...(code !== null && { code }), frames: framesOf(cause) } }, 'unexpected error')
}

/** Writes by which code the database failed, where it did: the client is not told. One short line, as every request may leave it. */
export function logUnavailable(fault: Error, log: Logger): void {
  const code = passingFailureOf(fault)
  if (code !== null) log.warn({ error: { code } }, 'the database failed')
}

/** The HTTP side of a fault; null when it has no status of its own. */
export function httpOf(fault: Fault): { status: number; headers: Record<string, string> } | null {
  const status = HTTP_STATUS[fault.code]
  if (status === undefined) return null
  return { status, headers: fault.retryAfterSeconds === null ? {} : { 'retry-after': String(fault.retryAfterSeconds) } }
}

function fromFault(fault: Fault): GraphQLError {
  const http = httpOf(fault)
  return new GraphQLError(fault.message, { extensions: { code: fault.code, ...(http === null ? {} : { http }) } })
}

/** The innermost error: executors wrap what a resolver throws, some of them twice. Of a rejected variable only the outer one knows the place. */
function rootCause(error: GraphQLError): Error {
  const { originalError } = error
  if (originalError === undefined || originalError === null) return error
  if (originalError instanceof GraphQLError) return error.message.startsWith('Variable "$') ? error : rootCause(originalError)
  return originalError
}

function withRequestId(clean: GraphQLError, located: GraphQLError, { requestId }: RequestScope): GraphQLError {
  return reworded(located, clean.message, { ...clean.extensions, requestId })
}
