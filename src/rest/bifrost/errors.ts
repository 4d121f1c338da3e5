import type { Fault } from '../../errors.ts'
import type {
  ChangeKeysMutation,
  CreateProviderMutation,
  DeleteProviderMutation,
  RefreshModelsMutation,
  UpsertProviderMutation,
  ValidationRule,
} from '../../generated/bifrost-documents.ts'
import type { Answer } from '../../http/respond.ts'
import type { Refusals } from '../dialect.ts'
import { HTTP_STATUS } from '../http-status.ts'
import { type Problem, type ProblemAnswers, problemAnswer } from '../problem.ts'
import { answer } from './answer.ts'
import { baseUrlReason } from './base-url-reason.ts'
import { withoutStoredValue } from './check-provider.ts'
import { NAME_RULE } from './names.ts'
import type { ErrorBody } from './wire-key.ts'
import { wirePath } from './wire-path.ts'

/** Everything that is not the answer asked for, in Bifrost's words (Bifrost contract, sections 1.1 and 1.2). */

type BifrostProblem =
  | Problem<CreateProviderMutation['createProvider']>
  | Problem<UpsertProviderMutation['upsertProvider']>
  | Problem<ChangeKeysMutation['updateProvider']>
  | Problem<DeleteProviderMutation['deleteProvider']>
  | Problem<RefreshModelsMutation['testConnection']>

/** What the words of a problem depend on. */
export type ProblemContext =
  | {
      readonly about: 'provider'
      readonly name: string
      readonly baseUrl: string
      /** Null when nothing of the name is stored. */
      readonly storedBaseUrl: string | null
      /** Names of the environment that its keys give. */
      readonly variables?: readonly string[]
      /** The paths of the parts of each key, as they were sent. */
      readonly keyParts?: readonly (readonly string[])[]
    }
  | {
      readonly about: 'key'
      readonly verb: 'add' | 'update' | 'delete'
      /** Names of the environment that the request gives. */
      readonly variables: readonly string[]
      /** The paths of the parts of its credential, in their order. */
      readonly parts: readonly string[]
    }
  | { readonly about: 'models' }

interface Issue {
  readonly path: readonly string[]
  readonly rule: ValidationRule
  readonly message: string
}

export const INVALID_PAYLOAD = badRequest('Invalid request payload')
export const INVALID_NAME = badRequest(`Invalid provider: name must match ${NAME_RULE} (lowercase alphanumeric, hyphens between words)`)
export const PROVIDER_NOT_FOUND = error(HTTP_STATUS.PROVIDER_NOT_FOUND, 'Provider not found: not found')
export const KEY_NOT_FOUND = error(404, 'Provider key not found: not found')
const REFRESHING = error(409, 'model refresh already in progress for this provider')
const NAME_TAKEN = error(409, 'API key names must be unique across providers. Choose a different name')
const KEY_SECRETS_STAY = badRequest('the endpoint of a key cannot change while its secrets are kept; give them again or ask an admin')
const KEYS_STAY = badRequest('base_url cannot change while keys are stored; add the keys again or ask an admin')
const KEYS_GO_NO_OTHER_WAY = badRequest(
  'a proxy, a certificate, a header or insecure_skip_verify cannot be added while keys are stored; add the keys again or ask an admin',
)

export function badRequest(message: string): Answer {
  return error(HTTP_STATUS.VALIDATION_FAILED, message)
}

export function alreadyExists(name: string): Answer {
  return error(HTTP_STATUS.PROVIDER_NAME_TAKEN, `Provider ${name} already exists`)
}

/** What is wrong with how the names in a path are encoded; null when nothing is (Bifrost contract, section 1.2). */
export function encodingProblem(path: string): Answer | null {
  const [, provider = '', key = ''] = /\/api\/providers\/([^/]*)(?:\/keys\/([^/]*))?/.exec(path) ?? []
  const [inProvider, inKey] = [wrongEscape(provider), wrongEscape(key)]
  if (inProvider !== null) return badRequest(`Invalid provider: invalid provider parameter encoding: invalid URL escape "${inProvider}"`)
  return inKey === null ? null : badRequest(`invalid key_id parameter encoding: invalid URL escape "${inKey}"`)
}

function wrongEscape(part: string): string | null {
  return /%(?![0-9a-fA-F]{2}).{0,2}/.exec(part)?.[0] ?? null
}

/** The answer to a mutation that refused. */
export function problemOf(problem: BifrostProblem, asked: ProblemContext): Answer {
  return problemAnswer(PROBLEMS, problem, asked)
}

const PROBLEMS: ProblemAnswers<BifrostProblem, ProblemContext> = {
  ValidationError: ({ message, issues }, asked) => (asked.about === 'models' ? badRequest(message) : issueAnswer(issues, asked)),
  ProviderNameTakenError: (_problem, asked) => alreadyExists(asked.about === 'provider' ? asked.name : ''),
  ProviderNotFoundError: () => PROVIDER_NOT_FOUND,
  ApiKeyNotFoundError: () => KEY_NOT_FOUND,
  ApiKeysNotSupportedError: ({ message }, asked) => (asked.about === 'key' ? keylessAnswer(asked.verb) : badRequest(message)),
  KeyRequiredForNewEndpointError: (_problem, asked) => {
    if (asked.about !== 'provider') return KEY_SECRETS_STAY
    return asked.baseUrl === asked.storedBaseUrl ? KEYS_GO_NO_OTHER_WAY : KEYS_STAY
  },
  ProviderInUseError: ({ code, message }) => error(HTTP_STATUS[code], message),
  VersionConflictError: ({ code, message }) => error(HTTP_STATUS[code], message),
}

export function keylessAnswer(verb: 'add' | 'update' | 'delete'): Answer {
  return badRequest(`Cannot ${verb} keys ${verb === 'add' ? 'to' : 'on'} a keyless provider`)
}

/** Our own refusal to run a test while others are under way; an upstream that limits its callers has a status. */
export function busyAnswer({
  test,
}: Extract<RefreshModelsMutation['testConnection'], { __typename: 'TestConnectionPayload' }>): Answer | null {
  return test.status === 'RATE_LIMITED' && test.httpStatus === null ? REFRESHING : null
}

/** Bifrost names one problem at a time: the first. */
function issueAnswer(issues: readonly Issue[], asked: ProblemContext): Answer {
  const [issue] = issues
  if (issue === undefined) return INVALID_PAYLOAD
  const { path, rule, message } = issue
  if (rule === 'API_KEY_NAME_TAKEN' || rule === 'API_KEY_ID_TAKEN') return NAME_TAKEN
  if (path[0] === 'baseUrl')
    return badRequest(`Invalid base URL: ${baseUrlReason(asked.about === 'provider' ? asked.baseUrl : '') ?? message}`)
  if (rule === 'NAME_FORMAT') return INVALID_NAME
  if (rule === 'API_KEY_BLANK') return badRequest('Key value must not be empty')
  if (path.at(-1) === 'environmentVariable' && message.includes('SECRET_ENV_ALLOW'))
    return badRequest(variablesMessage(asked.about === 'models' ? [] : (asked.variables ?? [])))
  return placedAnswer(issue, partsOf(asked, path))
}

/** The paths of the parts of the key that an issue is about, as they were sent. */
function partsOf(asked: ProblemContext, [field, index]: readonly string[]): readonly string[] {
  if (asked.about === 'key') return asked.parts
  return asked.about === 'provider' && field === 'apiKeys' ? (asked.keyParts?.[Number(index)] ?? []) : []
}

/** An issue whose words name the path in the request. */
function placedAnswer({ path, rule, message }: Issue, parts: readonly string[]): Answer {
  const field = wirePath(path, parts)
  if (rule === 'API_KEY_MASKED') return badRequest(`Invalid ${field}: ${NO_MASK_OF_OURS}`)
  if (rule === 'NOTHING_TO_KEEP') return badRequest(withoutStoredValue(field))
  return badRequest(`Invalid ${field}: ${message}`)
}

const NO_MASK_OF_OURS = 'this is not a mask that this API shows; send back the mask as it was read, or the full value'

function variablesMessage(names: readonly string[]): string {
  const name = names.join(', ').slice(0, 200)
  return `environment variable ${name} is not allowed; the operator lists allowed names in SECRET_ENV_ALLOW`
}

export const REFUSALS: Refusals = {
  unauthenticated: () => error(HTTP_STATUS.UNAUTHENTICATED, 'Unauthorized'),
  forbidden: () => error(HTTP_STATUS.FORBIDDEN, 'Forbidden'),
  // Plain text, as the router of Bifrost answers it (Bifrost contract, section 1).
  methodNotAllowed: (allowed) => ({
    status: 405,
    headers: { 'content-type': 'text/plain; charset=utf-8', allow: allowed.join(', ') },
    body: 'Method Not Allowed',
  }),
  unknownPath: ({ path }) => error(404, `Route not found: ${path.slice(0, 200)}`),
  bodyTooLarge: (maxBytes) => error(413, `Request body too large: at most ${maxBytes} bytes`),
  bodyCompressed: () => error(415, 'Compressed request bodies are not accepted'),
  fault: (fault: Fault) => {
    const headers = fault.retryAfterSeconds === null ? {} : { 'retry-after': String(fault.retryAfterSeconds) }
    return error(HTTP_STATUS[fault.code], fault.code === 'FORBIDDEN' ? 'Forbidden' : fault.message, headers)
  },
}

export function error(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body: ErrorBody = { is_bifrost_error: false, status_code: status, error: { message }, extra_fields: { routing_info: {} } }
  return answer(status, body, headers)
}
