/** What a connection test can find, in the order of the schema's enum. */
export const CONNECTION_STATUSES = [
  'OK',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'RATE_LIMITED',
  'TIMED_OUT',
  'UNREACHABLE',
  'TLS_FAILED',
  'REDIRECTED',
  'BLOCKED_ADDRESS',
  'UNEXPECTED_RESPONSE',
  'NOT_TESTABLE',
] as const
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number]

/** What a test found out. A refusal by the upstream is a result, never an exception. */
export interface Verdict {
  readonly status: ConnectionStatus
  /** Our own wording with the next step, and at most 300 scrubbed characters of the upstream's. No part of a secret. */
  readonly message: string
  /** The upstream's HTTP status; null when none was received. */
  readonly httpStatus: number | null
  /** True only on OK, when the upstream was seen to refuse other keys or is known to. */
  readonly keyVerified: boolean
  /** Names of the models that the credential can see; empty when the upstream lists none. */
  readonly models: readonly string[]
}
