import type { Fault, FaultCode } from '../../errors.ts'
import type {
  DeleteProviderMutation,
  ErrorCode,
  TestConnectionMutation,
  UpdateProviderMutation,
  UpsertProviderMutation,
} from '../../generated/ziri-documents.ts'
import { type Answer, json } from '../../http/respond.ts'
import type { AskedFor, Refusals } from '../dialect.ts'
import { HTTP_STATUS } from '../http-status.ts'
import { type Problem, type ProblemAnswers, problemAnswer } from '../problem.ts'
import type { RouteName } from './routes.ts'
import type { ErrorBody } from './wire.ts'

/** Everything that is not the answer asked for, in ZIRI's words: always with a text and a code (ZIRI contract, "What we implement"). ZIRI's own UI reads the text from `message`. */

type ZiriProblem =
  | Problem<UpsertProviderMutation['upsertProvider']>
  | Problem<UpdateProviderMutation['updateProvider']>
  | Problem<DeleteProviderMutation['deleteProvider']>
  | Problem<TestConnectionMutation['testConnection']>

export const MISSING_FIELDS = error(400, 'name and apiKey are required', 'MISSING_FIELDS')
export const INVALID_API_KEY = error(400, 'Invalid API key format', 'INVALID_API_KEY')
export const NOT_FOUND = error(404, 'Provider not found', 'PROVIDER_NOT_FOUND')
export const NOT_JSON = error(415, 'Send the body as application/json', 'INVALID_REQUEST')

export function invalidRequest(message: string): Answer {
  return error(400, message, 'INVALID_REQUEST')
}

export function connectionFailed(reason: string): Answer {
  return error(400, `Provider connection failed: ${reason}`, 'CONNECTION_FAILED')
}

/** The answer to a mutation that refused. */
export function problemOf(problem: ZiriProblem, route: 'write' | 'test' = 'write'): Answer {
  return problemAnswer(PROBLEMS, problem, route)
}

const refused = ({ code, message }: { readonly code: ErrorCode; readonly message: string }): Answer =>
  error(HTTP_STATUS[code], message, 'INVALID_REQUEST')

const PROBLEMS: ProblemAnswers<ZiriProblem, 'write' | 'test'> = {
  ValidationError: (problem, route) => (route === 'test' ? refused(problem) : brokenRules(problem.issues)),
  ProviderNotFoundError: () => NOT_FOUND,
  ApiKeyNotFoundError: refused,
  ApiKeysNotSupportedError: refused,
  KeyRequiredForNewEndpointError: ({ message }) => denied(message),
  ProviderInUseError: refused,
  VersionConflictError: refused,
}

/** What the gateway's fields are called here, where its message alone does not tell which one is meant. */
const FIELDS: ReadonlyMap<string | undefined, string> = new Map([
  ['displayName', 'displayName: '],
  ['extensions', 'metadata: '],
])

/** Rules of the key have one text for all; of the others the first is told. */
function brokenRules(issues: readonly { readonly path: readonly string[]; readonly message: string }[]): Answer {
  if (issues.some(({ path }) => path[0] === 'apiKeys')) return INVALID_API_KEY
  const [first] = issues
  return invalidRequest(first === undefined ? 'Invalid request' : `${FIELDS.get(first.path[0]) ?? ''}${first.message}`)
}

const FAULTS: Readonly<Record<FaultCode, ErrorBody['code']>> = {
  UNAUTHENTICATED: 'ADMIN_AUTH_REQUIRED',
  FORBIDDEN: 'ACCESS_DENIED',
  BAD_USER_INPUT: 'INVALID_REQUEST',
  QUERY_TOO_COMPLEX: 'INVALID_REQUEST',
  RATE_LIMITED: 'RATE_LIMITED',
  SERVICE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  INTERNAL_SERVER_ERROR: 'INTERNAL_ERROR',
}

export const REFUSALS: Refusals<RouteName> = {
  unauthenticated: () =>
    error(401, 'Admin authentication required. Please login.', 'ADMIN_AUTH_REQUIRED', {}, { 'www-authenticate': 'Bearer' }),
  forbidden: () => denied("Your token's role does not allow this."),
  methodNotAllowed: (_allowed, asked) => unknownPath(asked),
  unknownPath,
  bodyTooLarge: () => error(413, 'request entity too large', 'INVALID_REQUEST'),
  bodyCompressed: () => error(415, 'Send the body without compression', 'INVALID_REQUEST'),
  fault: (fault) => (fault.code === 'FORBIDDEN' ? denied(fault.message) : faultAnswer(fault)),
}

/** ZIRI knows no 405 (ZIRI contract, section A3). */
function unknownPath({ method, path }: AskedFor): Answer {
  return error(404, `Not found: ${method} ${path}`, 'NOT_FOUND')
}

function denied(reason: string): Answer {
  return error(403, 'Access denied', 'ACCESS_DENIED', { reason })
}

function faultAnswer({ code, message, retryAfterSeconds }: Fault): Answer {
  const headers = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return error(HTTP_STATUS[code], message, FAULTS[code], {}, headers)
}

function error(
  status: number,
  message: string,
  code: ErrorBody['code'],
  more: Pick<ErrorBody, 'reason'> = {},
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { error: message, message, code, ...more } satisfies ErrorBody, headers)
}
