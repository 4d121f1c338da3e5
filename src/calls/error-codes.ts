/** What one code of ours is in the words of each vendor. */
interface CodeWords {
  readonly http: number
  readonly openai: string
  readonly anthropic: string
  /** A status of google.rpc. */
  readonly google: string
  readonly aws: string
  /** False where the same call can never succeed, so that SDKs do not send it again; null leaves it to them. */
  readonly shouldRetry: false | null
}

const words = (
  http: number,
  openai: string,
  anthropic: string,
  google: string,
  aws: string,
  shouldRetry: CodeWords['shouldRetry'] = false,
): CodeWords => ({ http, openai, anthropic, google, aws, shouldRetry })

const badRequest = words(400, 'invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT', 'ValidationException')
const forbidden = words(403, 'invalid_request_error', 'permission_error', 'PERMISSION_DENIED', 'AccessDeniedException')
const notFound = words(404, 'invalid_request_error', 'not_found_error', 'NOT_FOUND', 'ResourceNotFoundException')
const limited = words(429, 'rate_limit_error', 'rate_limit_error', 'RESOURCE_EXHAUSTED', 'ThrottlingException', null)
const badGateway = words(502, 'server_error', 'api_error', 'UNAVAILABLE', 'ServiceUnavailableException')
const unavailable = words(503, 'server_error', 'api_error', 'FAILED_PRECONDITION', 'ServiceUnavailableException')

/** Every error of ours on the call routes. */
export const CALL_ERRORS = {
  invalid_gateway_token: words(401, 'invalid_request_error', 'authentication_error', 'UNAUTHENTICATED', 'UnrecognizedClientException'),
  calls_not_allowed: forbidden,
  model_not_allowed: forbidden,
  provider_not_found: notFound,
  route_not_supported: notFound,
  model_not_found: notFound,
  invalid_path: badRequest,
  model_required: badRequest,
  model_ambiguous: badRequest,
  body_not_json: badRequest,
  format_not_supported: badRequest,
  request_too_large: words(413, 'invalid_request_error', 'request_too_large', 'INVALID_ARGUMENT', 'ValidationException'),
  websocket_not_supported: words(426, 'invalid_request_error', 'invalid_request_error', 'FAILED_PRECONDITION', 'ValidationException'),
  all_keys_rate_limited: limited,
  concurrency_limit: limited,
  token_rate_limited: { ...limited, shouldRetry: null },
  token_budget_exhausted: { ...limited, shouldRetry: false },
  upstream_credentials_refused: words(502, 'server_error', 'api_error', 'UNAVAILABLE', 'InternalServerException'),
  upstream_unreachable: { ...badGateway, shouldRetry: null },
  upstream_redirected: badGateway,
  address_blocked: badGateway,
  provider_disabled: unavailable,
  no_api_key: unavailable,
  no_endpoint: unavailable,
  overloaded: words(503, 'server_error', 'overloaded_error', 'UNAVAILABLE', 'ServiceUnavailableException', null),
  upstream_timeout: words(504, 'server_error', 'timeout_error', 'DEADLINE_EXCEEDED', 'ModelTimeoutException'),
  internal_error: words(500, 'server_error', 'api_error', 'INTERNAL', 'InternalServerException', null),
} as const satisfies Record<string, CodeWords>

export type CallErrorCode = keyof typeof CALL_ERRORS

/** A refusal or a fault of ours: `message` is safe to show to whoever called. */
export class CallError extends Error {
  readonly code: CallErrorCode
  /** How long to wait, in milliseconds; null when waiting does not help or nobody knows. */
  readonly retryAfterMs: number | null

  constructor(code: CallErrorCode, message: string, options: { retryAfterMs?: number } = {}) {
    super(message)
    this.code = code
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}
