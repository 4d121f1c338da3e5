import type { Principal } from '../auth/principal.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import type { ReadUsage } from '../usage/token-usage.ts'
import type { CallKind } from './call-kind.ts'
import type { CallErrorCode } from './error-codes.ts'
import type { ProviderForCall } from './provider-for-call.ts'

/** How a call ended, in the words of `ModelCall.outcome`. */
export type CallOutcome =
  | 'OK'
  | 'CALLER_ERROR'
  | 'KEY_REFUSED'
  | 'RATE_LIMITED'
  | 'VENDOR_ERROR'
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'CALLER_LEFT'
  | 'STREAM_BROKEN'
  | 'REFUSED_BY_GATEWAY'

/** Why a vendor is called once more. */
export type AttemptReason = 'next_key' | 'next_target' | 'retry' | 'closed_connection'

/** What is known of a call when it is over: no prompt, no answer, no address. */
export interface CallRecord extends ReadUsage {
  readonly requestId: string
  /** Whether it was a model call, or was refused as one: not a list, nor a look at whether the address answers. */
  readonly isCall: boolean
  /** Null for a stranger. */
  readonly caller: Pick<Principal, 'kind' | 'tokenId' | 'tokenName'> | null
  readonly providerId: string | null
  readonly providerName: string | null
  readonly providerType: ProviderType | null
  readonly apiKeyId: string | null
  readonly apiKeyMasked: string | null
  readonly model: string | null
  /** The model route that the call named; null when it named none. */
  readonly routeName: string | null
  readonly outcome: CallOutcome
  /** What the caller was answered; null when it left before. */
  readonly httpStatus: number | null
  readonly kind: CallKind
  readonly method: string
  /** Whether the answer was a stream of events. */
  readonly streamed: boolean
  /** How often a vendor was called. */
  readonly attempts: number
  /** Of these, the calls behind the first one, by why they were made. */
  readonly furtherAttempts: Readonly<Record<AttemptReason, number>>
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly durationMs: number
  readonly timeToFirstByteMs: number | null
  readonly requestBytes: number
  readonly responseBytes: number
  /** Whether the whole answer was sent. */
  readonly isComplete: boolean
  /** What the caller calls its program: its `User-Agent`. */
  readonly client: string | null
  /** The model that the vendor says has answered. */
  readonly answeredModel: string | null
  /** By which the vendor finds the call in its own logs. */
  readonly vendorRequestId: string | null
}

/** What becomes known of a call on its way. */
export interface CallProgress {
  caller: CallRecord['caller']
  provider: Pick<ProviderForCall, 'id' | 'name' | 'type'> | null
  /** The key of the latest attempt. */
  apiKeyId: string | null
  apiKeyMasked: string | null
  model: string | null
  /** The model route that the call named. */
  routeName: string | null
  /** At the vendor, without its query; null while it is not known. */
  path: string | null
  /** Requests to a vendor. */
  attempts: number
  furtherAttempts: Record<AttemptReason, number>
  requestBytes: number
  vendorRequestId: string | null
  /** Null for what is no call: a list, a refusal to a stranger. */
  outcome: CallOutcome | null
}

export function newProgress(): CallProgress {
  return {
    caller: null,
    provider: null,
    apiKeyId: null,
    apiKeyMasked: null,
    model: null,
    routeName: null,
    path: null,
    attempts: 0,
    furtherAttempts: { next_key: 0, next_target: 0, retry: 0, closed_connection: 0 },
    requestBytes: 0,
    vendorRequestId: null,
    outcome: null,
  }
}

/** The outcome that an error of ours stands for. */
export function outcomeOfError(code: CallErrorCode): CallOutcome {
  switch (code) {
    case 'all_keys_rate_limited':
      return 'RATE_LIMITED'
    case 'upstream_credentials_refused':
      return 'KEY_REFUSED'
    case 'upstream_unreachable':
      return 'UNREACHABLE'
    case 'upstream_timeout':
      return 'TIMED_OUT'
    case 'upstream_redirected':
      return 'VENDOR_ERROR'
    default:
      return 'REFUSED_BY_GATEWAY'
  }
}

/** The outcome that a vendor's status stands for. */
export function outcomeOfStatus(status: number): CallOutcome {
  if (status < 400) return 'OK'
  if (status === 429) return 'RATE_LIMITED'
  return status >= 500 || status === 408 ? 'VENDOR_ERROR' : 'CALLER_ERROR'
}
