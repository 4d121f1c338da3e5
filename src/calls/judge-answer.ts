import { upstreamResponse } from '../upstream/client/messages.ts'
import { at, textAt } from '../upstream/vendors/json.ts'
import { judgeResponse, upstreamText } from '../upstream/vendors/judge.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import type { HeldAnswer } from './attempt.ts'
import type { RestingState } from './key-states.ts'
import { headerRecord } from './raw-headers.ts'
import { retryAfterMs } from './retry-after.ts'
import { textOf } from './scrub-answer.ts'

/** What an answer says of the key: why it rests, and for how long. */
export interface KeyVerdict {
  readonly state: RestingState
  readonly reason: string
  /** Milliseconds; null when the vendor does not say. */
  readonly waitMs: number | null
  /** What the vendor said; empty when it cannot be read. Not scrubbed. */
  readonly vendorText: string
}

/** What was asked, as far as it decides what an answer means. */
export interface JudgedRequest {
  readonly type: ProviderType
  readonly method: string
  /** At the vendor, without its query. */
  readonly path: string
}

/**
 * Judges a refusal; null when it says nothing of the key. By the status alone for 401, 402 and 429, whatever the body; by a body
 * that can be read for 400, 403 and 404, as a connection test does.
 * @param now milliseconds since 1970.
 */
export function judgeAnswer(request: JudgedRequest, answer: HeldAnswer, now: number): KeyVerdict | null {
  const headers = headerRecord(answer.headers)
  const text = textOf(answer)
  const response = upstreamResponse(answer.status, headers, text ?? '', text === null ? 'broken off' : null)
  const cause = judgeResponse(response)?.cause
  const verdict = (state: RestingState, reason: string): KeyVerdict => {
    const waitMs = state === 'REFUSED' ? null : retryAfterMs({ headers, json: response.json }, now)
    return { state, reason: `${reason} (${answer.status}).`, waitMs, vendorText: upstreamText(response) }
  }
  switch (answer.status) {
    case 401:
      return verdict('REFUSED', 'The vendor refused the key')
    case 402:
      return verdict('EXHAUSTED', 'The account of the key has no credit')
    case 429:
      return cause === 'QUOTA' || isDailyQuota(response.json)
        ? verdict('EXHAUSTED', 'The quota of the account is used up')
        : verdict('COOLING', 'The vendor limits the rate of requests')
    case 404:
      return isDisabledKey(request, response.json) ? verdict('REFUSED', 'The key was disabled') : null
    case 400:
    case 403:
      if (cause === 'KEY' || isBlockedKey(response.json)) return verdict('REFUSED', 'The vendor refused the key')
      if (cause === 'CREDIT') return verdict('EXHAUSTED', 'The account of the key has no credit')
      return cause === 'RATE' ? verdict('COOLING', 'The vendor limits the rate of requests') : null
    default:
      return null
  }
}

/** Anthropic answers so to a disabled key, on its list of models alone: elsewhere it speaks of the model. */
function isDisabledKey({ type, method, path }: JudgedRequest, json: unknown): boolean {
  return type === 'ANTHROPIC' && method === 'GET' && path.endsWith('/models') && textAt(json, 'error', 'type') === 'not_found_error'
}

/** Google: the restrictions of the key exclude this gateway, so no call with it will pass. */
function isBlockedKey(json: unknown): boolean {
  return detailsOf(json).some((detail) => /^API_KEY_.*_BLOCKED$/.test(textAt(detail, 'reason')))
}

/** Google: a quota that ends with the day. */
function isDailyQuota(json: unknown): boolean {
  return detailsOf(json).some((detail) => {
    const violations = at(detail, 'violations')
    return Array.isArray(violations) && violations.some((violation) => /PerDay/.test(textAt(violation, 'quotaId')))
  })
}

function detailsOf(json: unknown): readonly unknown[] {
  const details = at(json, 'error', 'details') ?? at(json, 0, 'error', 'details')
  return Array.isArray(details) ? details : []
}
