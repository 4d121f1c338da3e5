import type { Failure } from './outbound-error.ts'
import type { BodyProblem } from './read-body.ts'

/** One call of a probe. Method, path and headers come from the provider type, never from a user. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  /** Lower-case names. They win over the provider's extra headers of the same name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** An answer that a probe can judge; its status is never 3xx. */
export interface Answer {
  readonly kind: 'answer'
  readonly httpStatus: number
  readonly body: string
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown
  /** Why `body` is empty although the upstream sent one. */
  readonly bodyProblem: BodyProblem
  /** From `Retry-After`, in seconds, at most a day; null when it names none. */
  readonly retryAfterSeconds: number | null
  /** AWS's name for the error, from its header; empty elsewhere. */
  readonly awsErrorType: string
}

export type Reply = Answer | Failure
