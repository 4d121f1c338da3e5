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

/** The result of one connection test. A refusal by the upstream is a result, never an exception. */
export interface Outcome {
  readonly status: ConnectionStatus
  /** Our own wording with the next step, and at most 300 scrubbed characters of the upstream's. No part of a secret. */
  readonly message: string
  /** The upstream's HTTP status; null when none was received. */
  readonly httpStatus: number | null
  /** True only on OK, when the upstream was seen to refuse other keys or is known to. */
  readonly keyVerified: boolean
  /** Names of the models that the credential can see; empty when the upstream lists none. */
  readonly models: readonly string[]
  /** How long the test took, in milliseconds. */
  readonly durationMs: number
}

/** Every status, the one that an operator has to look at first in front. */
export const WORST_FIRST: readonly ConnectionStatus[] = [
  'BLOCKED_ADDRESS',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'REDIRECTED',
  'TLS_FAILED',
  'UNREACHABLE',
  'TIMED_OUT',
  'UNEXPECTED_RESPONSE',
  'RATE_LIMITED',
  'NOT_TESTABLE',
  'OK',
]

/** The outcome that stands for all of them: the worst, the first of equals. Null when there is none. */
export function worstOf<T extends { readonly status: ConnectionStatus }>(outcomes: readonly T[]): T | null {
  return outcomes.reduce<T | null>((worst, outcome) => (worst === null || rank(outcome) < rank(worst) ? outcome : worst), null)
}

function rank(outcome: { readonly status: ConnectionStatus }): number {
  return WORST_FIRST.indexOf(outcome.status)
}
