import type { CallErrorCode } from '../error-codes.ts'

/** An error of ours, before it has a shape. */
export interface ErrorContent {
  readonly code: CallErrorCode
  readonly message: string
  readonly requestId: string
  readonly retryAfterMs: number | null
}

/** An error as one vendor's clients read it. */
export interface ShapedError {
  readonly body: Readonly<Record<string, unknown>>
  /** Headers that only this shape has. */
  readonly headers?: Readonly<Record<string, string>>
}

/** How the errors of one vendor look. */
export interface ErrorShape {
  /** The whole answer. */
  error(content: ErrorContent): ShapedError
  /** An event that ends a stream of server-sent events in which an answer broke off; null where streams have no such event. */
  event(content: ErrorContent): string | null
}
