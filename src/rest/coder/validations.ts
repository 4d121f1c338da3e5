import type { ValidationRule } from '../../generated/coder-documents.ts'
import { type CreateRequest, type ErrorBody, isKeyChange, NAME_RULE, type UpdateRequest } from './wire.ts'

export type Validation = NonNullable<ErrorBody['validations']>[number]

interface Issue {
  readonly path: readonly string[]
  readonly rule: ValidationRule
  readonly message: string
}

/** What was asked for: the words of some rules repeat it, and differ between the two requests. */
export type ProblemContext =
  | { readonly kind: 'create'; readonly request: CreateRequest }
  | { readonly kind: 'update'; readonly request: UpdateRequest }

/** One broken rule with Coder's name for the field and Coder's words (Coder contract, sections 2 and 3). */
export function toValidation(issue: Issue, asked: ProblemContext): Validation {
  return { field: fieldOf(issue.path, asked), detail: detailOf(issue, asked) }
}

/** The one rule that the schema's own types decide (Coder contract, section 2.1). */
export function typeValidation(type: string | null | undefined): Validation {
  return { field: 'type', detail: type ? `unsupported provider type ${JSON.stringify(type.slice(0, 200))}` : 'type is required' }
}

/** Keys for a type that has none (Coder contract, section 2.1). */
export function keysOfTypeValidation(type: string | null | undefined): Validation {
  return { field: 'api_keys', detail: `type=${type} does not accept api_keys` }
}

function fieldOf(path: readonly string[], asked: ProblemContext): string {
  const [first = '', second = '', ...rest] = path
  if (first === 'settings' && rest.length > 0) return `settings.${rest.map(snakeCase).join('.')}`
  if (first !== 'apiKeys' || second === '') return snakeCase(first)
  const entry = `api_keys[${second}]`
  if (asked.kind === 'create' || isMalformed(second, asked.request)) return entry
  return rest[0] === 'keep' ? `${entry}.id` : `${entry}.api_key`
}

function detailOf(issue: Issue, asked: ProblemContext): string {
  const [field = '', index = ''] = issue.path
  switch (issue.rule) {
    case 'REQUIRED':
      return `${snakeCase(field)} is required`
    case 'NAME_FORMAT':
      return `name must match ${NAME_RULE} (lowercase alphanumeric, hyphens between words)`
    case 'URL_NOT_ABSOLUTE':
      return 'base_url must be an absolute URL (e.g. https://api.example.com/)'
    case 'URL_SCHEME':
      return `base_url scheme must be http or https, got "${schemeOf(asked.request.base_url)}"`
    case 'API_KEY_BLANK':
      if (asked.kind === 'update' && isMalformed(index, asked.request)) return EXACTLY_ONE
      return `${secretOf(issue, asked)} must not be empty`
    case 'API_KEY_SURROUNDING_BLANKS':
      return `${secretOf(issue, asked)} must not contain leading or trailing whitespace`
    case 'API_KEY_REPEATED':
      return repeated(index, asked)
    case 'API_KEYS_NOT_SUPPORTED':
      return keysOfTypeValidation(asked.kind === 'create' ? asked.request.type : null).detail
    case 'API_KEY_MASKED':
      return `${secretOf(issue, asked)} must not be a mask${asked.kind === 'update' && field === 'apiKeys' ? '; to keep a stored key, send its id' : ''}`
    case 'SETTINGS_NOT_SUPPORTED':
      return 'bedrock settings are only valid for type=anthropic or type=bedrock'
    case 'SETTINGS_REQUIRED':
      return 'type=bedrock requires bedrock settings'
    case 'EXTERNAL_ID_GENERATED':
      return 'external_id is server-generated and cannot be set'
    case 'ROLE_ARN_FORMAT':
    case 'HEADER_FORMAT':
    case 'CERTIFICATE_FORMAT':
    case 'URL_NOT_ALLOWED':
    case 'API_KEY_CHARACTERS':
    case 'API_KEY_UNREADABLE':
    case 'API_KEY_NAME_TAKEN':
    case 'API_KEY_ID_TAKEN':
    case 'NOTHING_TO_KEEP':
    case 'OUT_OF_RANGE':
    case 'NOT_ALLOWED':
    case 'IMMUTABLE':
      return issue.message
    default:
      return issue.rule satisfies never
  }
}

/** What Coder calls the secret that an issue is about. */
function secretOf({ path }: Issue, asked: ProblemContext): string {
  if (path[0] === 'settings') return snakeCase(path.at(-1) ?? '')
  return asked.kind === 'create' ? 'api_keys entries' : 'api_key'
}

const EXACTLY_ONE = 'exactly one of id or api_key must be set'

function isMalformed(index: string, request: UpdateRequest): boolean {
  return !isKeyChange(request.api_keys?.[Number(index)])
}

function repeated(index: string, asked: ProblemContext): string {
  const ids = asked.kind === 'create' ? [] : (asked.request.api_keys ?? []).map((entry) => (isKeyChange(entry) ? entry?.id : null))
  const id = ids[Number(index)]
  return `id ${id} already referenced at api_keys[${ids.indexOf(id)}]`
}

/** The scheme as Go's `url.Parse` gives it: in lower case. */
function schemeOf(baseUrl: string | null | undefined): string {
  return (baseUrl ?? '').split(':')[0]?.toLowerCase() ?? ''
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
