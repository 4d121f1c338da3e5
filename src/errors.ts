/** The codes of the problems that a caller can fix; GraphQL shows them as `ErrorCode`. */
export const PROBLEM_CODES = [
  'VALIDATION_FAILED',
  'PROVIDER_NOT_FOUND',
  'PROVIDER_NAME_TAKEN',
  'PROVIDER_IN_USE',
  'API_KEY_NOT_FOUND',
  'API_KEYS_NOT_SUPPORTED',
  'KEY_REQUIRED_FOR_NEW_ENDPOINT',
  'VERSION_CONFLICT',
  'MODEL_ROUTE_NOT_FOUND',
  'MODEL_ROUTE_NAME_TAKEN',
] as const
export type ProblemCode = (typeof PROBLEM_CODES)[number]

/** The codes of refusals and faults: never part of a result, always a top-level error. */
export const FAULT_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

export type ErrorCode = ProblemCode | FaultCode

/** Every rule that an input can break. A REST dialect finds its own wording by it, a frontend its translation. */
export type ValidationRule =
  | 'REQUIRED'
  | 'OUT_OF_RANGE'
  | 'NOT_ALLOWED'
  | 'IMMUTABLE'
  | 'NAME_FORMAT'
  | 'URL_NOT_ABSOLUTE'
  | 'URL_SCHEME'
  | 'URL_NOT_ALLOWED'
  | 'API_KEY_BLANK'
  | 'API_KEY_SURROUNDING_BLANKS'
  | 'API_KEY_CHARACTERS'
  | 'API_KEY_MASKED'
  | 'API_KEY_UNREADABLE'
  | 'API_KEY_REPEATED'
  | 'API_KEY_NAME_TAKEN'
  | 'API_KEY_ID_TAKEN'
  | 'NOTHING_TO_KEEP'
  | 'API_KEYS_NOT_SUPPORTED'
  | 'SETTINGS_NOT_SUPPORTED'
  | 'SETTINGS_REQUIRED'
  | 'ROLE_ARN_FORMAT'
  | 'HEADER_FORMAT'
  | 'CERTIFICATE_FORMAT'
  | 'EXTERNAL_ID_GENERATED'

/** One rule that an input breaks. */
export interface ValidationIssue {
  /** The path in the input, e.g. `["apiKeys", "0", "value"]`. */
  readonly path: readonly string[]
  readonly rule: ValidationRule
  /** Says what is wrong and what to do, without repeating a secret. */
  readonly message: string
}

/** A problem that the caller can fix. A command throws it; each mutation's result union lists those it can have. */
export abstract class DomainError extends Error {
  abstract readonly code: ProblemCode
}

export class ValidationError extends DomainError {
  readonly code = 'VALIDATION_FAILED'
  readonly issues: readonly ValidationIssue[]

  constructor(issues: readonly ValidationIssue[]) {
    super(
      `The input breaks ${issues.length === 1 ? 'a rule' : `${issues.length} rules`}: ${issues.map((issue) => issue.message).join(' ')}`,
    )
    this.issues = issues
  }
}

export class ProviderNameTakenError extends DomainError {
  readonly code = 'PROVIDER_NAME_TAKEN'
  readonly providerName: string

  constructor(providerName: string) {
    super(`A provider named "${providerName}" already exists. Choose another name, or update that one.`)
    this.providerName = providerName
  }
}

export class ProviderInUseError extends DomainError {
  readonly code = 'PROVIDER_IN_USE'
  /** The names of the routes that have it as a target. */
  readonly routes: readonly string[]

  constructor(routes: readonly string[]) {
    super(`Model routes use this provider: ${routes.join(', ')}. Take it out of them, or delete it with \`force\`.`)
    this.routes = routes
  }
}

export class ModelRouteNotFoundError extends DomainError {
  readonly code = 'MODEL_ROUTE_NOT_FOUND'

  constructor() {
    super('No such model route. It may have been deleted.')
  }
}

export class ModelRouteNameTakenError extends DomainError {
  readonly code = 'MODEL_ROUTE_NAME_TAKEN'
  readonly routeName: string

  constructor(routeName: string) {
    super(`A model route named "${routeName}" already exists. Choose another name, or update that one.`)
    this.routeName = routeName
  }
}

export class ProviderNotFoundError extends DomainError {
  readonly code = 'PROVIDER_NOT_FOUND'

  constructor() {
    super('No such provider. It may have been deleted.')
  }
}

export class ApiKeyNotFoundError extends DomainError {
  readonly code = 'API_KEY_NOT_FOUND'
  /** The id that matches no key of the provider. */
  readonly apiKeyId: string

  constructor(apiKeyId: string) {
    super('The provider has no API key with this id. Read its keys again: another change may have removed it.')
    this.apiKeyId = apiKeyId
  }
}

export class ApiKeysNotSupportedError extends DomainError {
  readonly code = 'API_KEYS_NOT_SUPPORTED'
  /** What keeps the provider from having keys: it talks to Bedrock (as one of type ANTHROPIC can), or it is a Copilot. */
  readonly providerType: 'BEDROCK' | 'COPILOT'

  constructor(providerType: 'BEDROCK' | 'COPILOT', reason: string) {
    super(`This provider has no stored API keys. ${reason}`)
    this.providerType = providerType
  }
}

export class KeyRequiredForNewEndpointError extends DomainError {
  readonly code = 'KEY_REQUIRED_FOR_NEW_ENDPOINT'

  constructor() {
    super('This change would send the stored keys somewhere else. Give all keys again with it, or ask an admin to make it.')
  }
}

export class VersionConflictError extends DomainError {
  readonly code = 'VERSION_CONFLICT'
  readonly currentVersion: number

  constructor(currentVersion: number, what = 'The provider was changed meanwhile') {
    super(`${what}: it is at version ${currentVersion}. Read it again and repeat your change.`)
    this.currentVersion = currentVersion
  }
}

/** A refusal or a fault that is not about the input. Its message is safe to show to anyone. */
export class Fault extends Error {
  readonly code: FaultCode
  /** When to try again, in seconds; null when waiting does not help. */
  readonly retryAfterSeconds: number | null

  constructor(code: FaultCode, message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
  }
}

/** The program cannot start as it is configured. `message` is one line that says what to do; the process exits with `exitCode`. */
export class StartupError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: 1 | 78 = 78) {
    super(message)
    this.exitCode = exitCode
  }
}
