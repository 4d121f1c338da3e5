import type { UpstreamResponse } from '../client/messages.ts'
import type { Failure } from '../client/outbound-error.ts'
import type { ModelList } from './model-list.ts'

/** What a response that is no success says, and about what. */
export type RefusalCause =
  /** The key is wrong, revoked or disabled. */
  | 'KEY'
  /** The upstream wants a key and none was given. */
  | 'KEY_MISSING'
  /** The key is good, but may not do this. */
  | 'PERMISSION'
  /** The key is good, but nobody pays. */
  | 'CREDIT'
  /** Too many requests; nothing is said about the key. */
  | 'RATE'
  /** The account's plan is used up. */
  | 'QUOTA'
  /** There is no such API here. */
  | 'ROUTE'
  /** No API answers like this: a firewall, a proxy or a web server did. Nothing is said about the key. */
  | 'NOT_API'
  /** The upstream is broken. */
  | 'VENDOR'
  /** The upstream refused the request for its own sake. */
  | 'REQUEST'
  /** The upstream refused the time of the request. */
  | 'CLOCK'
  /** A success whose body reports an error. */
  | 'ERROR_IN_SUCCESS'
  /** A success whose body is not what this API sends. */
  | 'SHAPE'

export interface Refusal {
  readonly kind: 'refusal'
  readonly cause: RefusalCause
  readonly response: UpstreamResponse
  /** What to do next, or what stands behind it, in a sentence or two; empty where the cause says enough. */
  readonly hint: string
}

/** A success, as this API sends it. */
export interface Success {
  readonly kind: 'success'
  readonly httpStatus: number
  /** Null when the route lists no models. */
  readonly models: ModelList | null
  /** A sentence or two that belong to it; may be empty. */
  readonly note: string
}

/** What one response means. */
export type Judgement = Success | Refusal

/** What a whole test found. */
export type Finding =
  | Judgement
  | Failure
  /** The endpoint answers, but that proves nothing about a key; `why` is a sentence. */
  | { readonly kind: 'unproven'; readonly httpStatus: number; readonly models: ModelList | null; readonly why: string }
  /** No test was or can be made; `reason` is a sentence or two. */
  | { readonly kind: 'notTestable'; readonly reason: string; readonly models: ModelList | null }
  /** The settings cannot lead to the API; `reason` is a sentence or two. */
  | { readonly kind: 'misconfigured'; readonly reason: string }

export function success({ httpStatus }: UpstreamResponse, models: ModelList | null = null, note = ''): Success {
  return { kind: 'success', httpStatus, models, note }
}

export function refusal(cause: RefusalCause, response: UpstreamResponse, hint = ''): Refusal {
  return { kind: 'refusal', cause, response, hint }
}

/** A refusal with another hint, where it has this cause and none of its own. */
export function withHint(judged: Refusal | null, cause: RefusalCause, hint: string): Refusal | null {
  return judged?.cause === cause && judged.hint === '' ? { ...judged, hint } : judged
}

export function notTestable(reason: string, models: ModelList | null = null): Finding {
  return { kind: 'notTestable', reason, models }
}
