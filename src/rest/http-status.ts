import type { ErrorCode } from '../errors.ts'

/** The HTTP status of each problem and fault, in every dialect whose contract does not say otherwise. */
export const HTTP_STATUS = {
  VALIDATION_FAILED: 400,
  PROVIDER_NOT_FOUND: 404,
  PROVIDER_NAME_TAKEN: 409,
  PROVIDER_IN_USE: 409,
  MODEL_ROUTE_NOT_FOUND: 404,
  MODEL_ROUTE_NAME_TAKEN: 409,
  // The resource of the request is there; an id in its body is wrong.
  API_KEY_NOT_FOUND: 400,
  API_KEYS_NOT_SUPPORTED: 400,
  KEY_REQUIRED_FOR_NEW_ENDPOINT: 403,
  VERSION_CONFLICT: 412,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  QUERY_TOO_COMPLEX: 400,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
} as const satisfies Record<ErrorCode, number>
