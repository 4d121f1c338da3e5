/** The ways in which a call can end without an answer that a probe could judge. */
export type FailureStatus = 'BLOCKED_ADDRESS' | 'UNREACHABLE' | 'TLS_FAILED' | 'TIMED_OUT' | 'REDIRECTED' | 'UNEXPECTED_RESPONSE'

export interface Failure {
  readonly kind: 'failure'
  readonly status: FailureStatus
  /** Our own wording: never the text of the error beneath, which may repeat what was sent. */
  readonly message: string
  readonly httpStatus: number | null
  /** Whether the connection broke in a way that a retry may mend. */
  readonly isReset: boolean
}

/** Carries a failure out of the layers of one call. It is caught in `outbound.ts` and never leaves the room. */
export class OutboundError extends Error {
  readonly failure: Failure

  constructor(status: FailureStatus, message: string, options: { httpStatus?: number; isReset?: boolean } = {}) {
    super(message)
    this.failure = { kind: 'failure', status, message, httpStatus: options.httpStatus ?? null, isReset: options.isReset ?? false }
  }
}

/** The `code` of a system or library error; empty when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
