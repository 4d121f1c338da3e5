import type { ConnectionStatus, Verdict } from '../vendors/connection-status.ts'

/** The result of one connection test. */
export interface Outcome extends Verdict {
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
