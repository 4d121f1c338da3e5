import type { Fault } from '../../errors.ts'
import type { DeleteProviderMutation, UpsertProviderMutation } from '../../generated/respan-documents.ts'
import { type Answer, json } from '../../http/respond.ts'
import type { Refusals } from '../dialect.ts'
import { HTTP_STATUS } from '../http-status.ts'
import { type Problem, type ProblemAnswers, problemAnswer } from '../problem.ts'
import type { RouteName } from './routes.ts'
import type { FieldErrors } from './wire.ts'

/** Everything that is not the answer asked for, in the words of Django REST Framework (Respan contract, section B3). */

type RespanProblem = Problem<UpsertProviderMutation['upsertProvider']> | Problem<DeleteProviderMutation['deleteProvider']>

export const NOT_FOUND = detail(404, 'Not found.')

export function parseError(problem: string): Answer {
  return detail(400, `JSON parse error - ${problem}`)
}

export function unsupportedMediaType(contentType: string): Answer {
  return detail(415, `Unsupported media type "${contentType.slice(0, 100)}" in request.`)
}

/** The answer to fields that break rules. */
export function invalidFields(errors: FieldErrors): Answer {
  return json(400, errors)
}

/** The answer to a mutation that refused. */
export function problemOf(problem: RespanProblem): Answer {
  return problemAnswer(PROBLEMS, problem, null)
}

const aboutKey = ({ message }: { readonly message: string }): Answer => invalidFields({ api_key: [message] })

const PROBLEMS: ProblemAnswers<RespanProblem, null> = {
  ValidationError: ({ issues }) => brokenRules(issues),
  ProviderNotFoundError: () => NOT_FOUND,
  ApiKeysNotSupportedError: aboutKey,
  KeyRequiredForNewEndpointError: () => KEY_REQUIRED,
  ProviderInUseError: ({ code, message }) => detail(HTTP_STATUS[code], message),
  VersionConflictError: ({ code, message }) => detail(HTTP_STATUS[code], message),
}

/** Respan contract, "Details". */
const KEY_REQUIRED = invalidFields({ api_key: ['required when base_url changes'] })

/** What the gateway's fields are called here; those that stand in the extra settings say so in their message. */
const FIELDS: Readonly<Record<string, string>> = {
  name: 'provider_id',
  displayName: 'provider_name',
  apiKeys: 'api_key',
  baseUrl: 'extra_kwargs',
  network: 'extra_kwargs',
  sealedExtensions: 'extra_kwargs',
}

/** The one rule of the sealed text that a client can break. */
const TOO_LONG = 'The settings must not be longer than 65536 characters of JSON.'

function brokenRules(issues: readonly { readonly path: readonly string[]; readonly message: string }[]): Answer {
  const errors: Record<string, string[]> = {}
  for (const { path, message } of issues) {
    const field = FIELDS[path[0] ?? ''] ?? 'non_field_errors'
    errors[field] = [...(errors[field] ?? []), path[0] === 'sealedExtensions' ? TOO_LONG : `${within(path)}${message}`]
  }
  return invalidFields(errors)
}

/** What the message of an issue within the extra settings begins with. */
function within([field, part]: readonly string[]): string {
  if (field === 'baseUrl') return 'base_url: '
  if (field !== 'network') return ''
  return part === 'extraHeaders' ? 'headers: ' : 'timeout: '
}

const FORBIDDEN = detail(403, 'You do not have permission to perform this action.')

export const REFUSALS: Refusals<RouteName> = {
  unauthenticated: ({ reason }) => {
    const text = reason === 'missing' ? 'Authentication credentials were not provided.' : 'Your API key is invalid or expired.'
    return detail(401, text, {}, { 'www-authenticate': 'Bearer realm="api"' })
  },
  forbidden: () => FORBIDDEN,
  methodNotAllowed: (allowed, { method }) => detail(405, `Method "${method}" not allowed.`, {}, { allow: allowed.join(', ') }),
  unknownPath: () => NOT_FOUND,
  bodyTooLarge: (maxBytes) => detail(413, `Request body must not be larger than ${maxBytes} bytes.`),
  bodyCompressed: () => detail(415, 'Send the body without compression.'),
  fault: (fault) => (fault.code === 'FORBIDDEN' ? FORBIDDEN : faultAnswer(fault)),
}

function faultAnswer({ code, message, retryAfterSeconds }: Fault): Answer {
  const headers = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  if (code === 'RATE_LIMITED') return detail(429, 'Rate limit exceeded', { retry_after: retryAfterSeconds ?? 60 }, headers)
  return detail(HTTP_STATUS[code], message, code === 'INTERNAL_SERVER_ERROR' ? { error_code: 'INTERNAL_ERROR' } : {}, headers)
}

function detail(
  status: number,
  text: string,
  more: { readonly retry_after?: number; readonly error_code?: string } = {},
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { detail: text, ...more }, headers)
}
