import type { SignInRefusal } from '../../auth/sign-in.ts'
import type { Fault } from '../../errors.ts'
import type {
  CreateProviderMutation,
  DeleteProviderMutation,
  TestConnectionMutation,
  UpdateProviderMutation,
} from '../../generated/coder-documents.ts'
import { type Answer, json } from '../../http/respond.ts'
import type { Refusals } from '../dialect.ts'
import { HTTP_STATUS } from '../http-status.ts'
import { type Problem, type ProblemAnswers, problemAnswer } from '../problem.ts'
import type { RouteName } from './routes.ts'
import { keysOfTypeValidation, toValidation, type Validation } from './validations.ts'
import { type CreateRequest, type ErrorBody, isIdOrName, NAME_RULE, type UpdateRequest } from './wire.ts'

/** Everything that is not the answer asked for, in Coder's words (Coder contract, sections 1.3 and 7). */

type CoderProblem =
  | Problem<CreateProviderMutation['createProvider']>
  | Problem<UpdateProviderMutation['updateProvider']>
  | Problem<DeleteProviderMutation['deleteProvider']>
  | Problem<TestConnectionMutation['testConnection']>

/** What the words of a problem depend on. `idOrName` is that of the path. */
type ProblemContext =
  | { readonly kind: 'create'; readonly request: CreateRequest }
  | { readonly kind: 'update'; readonly request: UpdateRequest; readonly idOrName: string }
  | { readonly kind: 'delete' | 'test'; readonly idOrName: string }

const BEDROCK_KEYS = 'Bedrock providers do not accept api_keys; configure access credentials via settings.'
const COPILOT_KEYS = 'Copilot providers do not accept api_keys; they authenticate via request-time GitHub OAuth tokens.'

const NOT_FOUND = error(404, 'Resource not found or you do not have access to this resource')
const BAD_PATH = error(400, `Invalid provider id or name: must be a UUID or match ${NAME_RULE}.`)

export const EMPTY_PATCH = error(400, 'At least one field must be provided.')

/** The answer to a body that cannot be decoded. */
export function invalidJson(detail: string): Answer {
  return error(400, 'Request body must be valid JSON.', { detail })
}

/** The answer to a request that breaks rules of its fields. */
export function invalidRequest(validations: Validation[]): Answer {
  return error(HTTP_STATUS.VALIDATION_FAILED, 'Invalid AI provider request.', { validations })
}

/** What to answer when a path leads to no provider: whether that is the path's fault shows only behind all other checks. */
export function notFound(idOrName: string): Answer {
  return isIdOrName(idOrName) ? NOT_FOUND : BAD_PATH
}

/** The answer to a mutation that refused. */
export function problemOf(problem: CoderProblem, asked: ProblemContext): Answer {
  return problemAnswer(PROBLEMS, problem, asked)
}

const PROBLEMS: ProblemAnswers<CoderProblem, ProblemContext> = {
  ValidationError: ({ code, message, issues }, asked) => {
    if (!('request' in asked)) return error(HTTP_STATUS[code], 'Invalid AI provider request.', { detail: message })
    const stored = asked.kind === 'update' ? storedRuleProblem(issues) : null
    return stored ?? invalidRequest(issues.map((issue) => toValidation(issue, asked)))
  },
  ProviderNameTakenError: ({ code }, asked) =>
    error(
      HTTP_STATUS[code],
      `AI provider ${JSON.stringify('request' in asked && 'name' in asked.request ? asked.request.name : '')} already exists.`,
      {
        detail: 'execute transaction: pq: duplicate key value violates unique constraint "ai_providers_name_unique"',
      },
    ),
  ProviderNotFoundError: (_problem, asked) => notFound('idOrName' in asked ? asked.idOrName : ''),
  ApiKeyNotFoundError: ({ code, message, apiKeyUuid }, asked) => {
    if (asked.kind === 'test') return error(HTTP_STATUS[code], 'Invalid AI provider request.', { detail: message })
    const unknown = 'api_keys references an unknown id for this provider'
    return error(HTTP_STATUS[code], unknown, { detail: `execute transaction: ${unknown}: ${apiKeyUuid}` })
  },
  ApiKeysNotSupportedError: ({ code, providerType }, asked) => {
    const type = asked.kind === 'create' ? asked.request.type : null
    // Of a type without keys the contract makes a rule of the field; the settings of any other are a matter of their own.
    if (type === 'bedrock' || type === 'copilot') return invalidRequest([keysOfTypeValidation(type)])
    return error(HTTP_STATUS[code], providerType === 'COPILOT' ? COPILOT_KEYS : BEDROCK_KEYS)
  },
  KeyRequiredForNewEndpointError: ({ code, message }) => error(HTTP_STATUS[code], 'Forbidden.', { detail: message }),
  ProviderInUseError: ({ code, message }) => error(HTTP_STATUS[code], message),
  VersionConflictError: ({ message }) => preconditionFailed(message),
}

/** Two rules that depend on what is stored have messages of their own in a PATCH (Coder contract, section 1.3). */
function storedRuleProblem(issues: readonly { readonly rule: string }[]): Answer | null {
  const [issue] = issues
  if (issue?.rule === 'EXTERNAL_ID_GENERATED') return error(400, 'The Bedrock external ID is server-generated and cannot be changed.')
  if (issue?.rule === 'SETTINGS_NOT_SUPPORTED') return error(400, 'Bedrock settings are only valid for type=anthropic or type=bedrock.')
  return null
}

function preconditionFailed(detail: string): Answer {
  return error(HTTP_STATUS.VERSION_CONFLICT, 'Precondition failed: the provider is not in the state that If-Match names.', { detail })
}

const FORBIDDEN = error(HTTP_STATUS.FORBIDDEN, 'Forbidden.', {
  detail:
    "You don't have permission to view this content. If you believe this is a mistake, please contact your administrator or try signing in with different credentials.",
})

const FAILED: Readonly<Record<RouteName, string>> = {
  listProviders: 'Internal error listing AI providers.',
  getProvider: 'Internal error fetching AI provider.',
  createProvider: 'Internal error creating AI provider.',
  updateProvider: 'Internal error updating AI provider.',
  deleteProvider: 'Internal error deleting AI provider.',
  testProvider: 'Internal error testing AI provider.',
  getMe: 'Internal error fetching user.',
  getEntitlements: 'Internal error fetching entitlements.',
  getBuildInfo: 'Internal error fetching build info.',
  openapi: 'Internal error describing the API.',
}

export const REFUSALS: Refusals<RouteName> = {
  unauthenticated,
  forbidden: () => FORBIDDEN,
  methodNotAllowed: (allowed) => error(405, 'Method not allowed.', {}, { allow: allowed.join(', ') }),
  unknownPath: () => error(404, 'Route not found.'),
  bodyTooLarge: (maxBytes) => error(413, 'Request body too large.', { detail: `Maximum request body size is ${maxBytes} bytes.` }),
  bodyCompressed: () => invalidJson('Send the body without compression.'),
  fault: (fault, route) => {
    if (fault.code === 'FORBIDDEN') return FORBIDDEN
    const headers = fault.retryAfterSeconds === null ? {} : { 'retry-after': String(fault.retryAfterSeconds) }
    return error(HTTP_STATUS[fault.code], faultMessage(fault, route), { detail: fault.message }, headers)
  },
}

function faultMessage(fault: Fault, route: RouteName | null): string {
  if (fault.code === 'RATE_LIMITED') return "You've been rate limited for sending too many requests."
  return route === null ? 'Internal error authenticating the request.' : FAILED[route]
}

/** The 401 (Coder contract, section 7), with the parts and lengths of this gateway's tokens. */
function unauthenticated(refusal: SignInRefusal): Answer {
  const detail = refusalDetail(refusal)
  const challenge = refusal.token === null ? '' : ', error="invalid_token", error_description="The access token is invalid"'
  return error(
    HTTP_STATUS.UNAUTHENTICATED,
    'You are signed out or your session has expired. Please sign in again to continue.',
    { detail },
    { 'www-authenticate': `Bearer realm="coder"${challenge}` },
  )
}

/** Says nothing that the sender does not know already: an unknown token and a wrong secret read the same. */
function refusalDetail({ token, expiredAt }: SignInRefusal): string {
  if (token === null) return 'Header "Coder-Session-Token" or "Authorization: Bearer" must be provided.'
  if (expiredAt !== null) return `API key expired at "${expiredAt.toISOString()}".`
  const [prefix, id, ...secret] = token.split('_')
  const parts = Math.min(token.split('_').length, 3)
  const format = 'Invalid API key format:'
  if (parts < 3) return `${format} incorrect amount of API key parts, expected 3 got ${parts}`
  if (prefix === 'gw' && id?.length !== 10) return `${format} invalid API key ID length, expected 10 got ${id?.length}`
  const length = secret.join('_').length
  if (prefix === 'gw' && length !== 43) return `${format} invalid API key secret length, expected 43 got ${length}`
  return 'API key is invalid.'
}

function error(
  status: number,
  message: string,
  more: Omit<ErrorBody, 'message'> = {},
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { message, ...more } satisfies ErrorBody, headers)
}
