import { type UpstreamResponse, upstreamResponse } from '../upstream/client/messages.ts'
import { at, textAt } from '../upstream/vendors/json.ts'
import { judgeResponse, upstreamText } from '../upstream/vendors/judge.ts'
import type { ProviderType } from '../upstream/vendors/provider-type.ts'
import type { HeldAnswer } from './attempt.ts'
import type { RestingState } from './key-states.ts'
import { headerRecord } from './raw-headers.ts'
import { detailsOf, retryAfterMs } from './retry-after.ts'
import { textOf } from './scrub-answer.ts'

/** What an answer says of the key: why it rests, and for how long. */
export interface KeyVerdict {
  readonly state: RestingState
  readonly reason: string
  /** Milliseconds; null when the vendor does not say. */
  readonly waitMs: number | null
  /** What the vendor said; empty when it cannot be read. Not scrubbed. */
  readonly vendorText: string
  /** What it is about: the key, the key with this model, or only this one request, for which no other one is to suffer. */
  readonly reach: 'key' | 'model' | 'request'
}

/** What was asked, as far as it decides what an answer means. */
export interface JudgedRequest {
  readonly type: ProviderType
  readonly method: string
  /** At the vendor, without its query. */
  readonly path: string
  /** The path of the provider's base URL. */
  readonly basePath: string
  /** Whether the caller names the account that it is for: `openai-organization`, `openai-project`. */
  readonly namesAccount: boolean
  /** What the caller wrote that a vendor may quote; null when it cannot be read. */
  readonly sentText: () => string | null
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
  const vendorText = upstreamText(response)
  const isForAll = !isOfRequest(request, response.json, vendorText)
  const verdict: MakeVerdict = (state, reason, own = state === 'COOLING' ? 'model' : 'key') => {
    const waitMs = state === 'REFUSED' ? null : retryAfterMs({ headers, json: response.json }, now)
    return { state, reason: `${reason} (${answer.status}).`, waitMs, vendorText, reach: isForAll ? own : 'request' }
  }
  switch (answer.status) {
    case 401:
      return verdict('REFUSED', 'The vendor refused the key')
    case 402:
      return verdict('EXHAUSTED', 'The account of the key has no credit')
    case 429:
      return judgeLimit(response, verdict)
    case 404:
      return isDisabledKey(request, response.json) ? verdict('REFUSED', 'The key was disabled') : null
    case 400:
    case 403:
      return isQuoted(request, response) ? null : judgeWords(response, verdict)
    default:
      return null
  }
}

type MakeVerdict = (state: RestingState, reason: string, reach?: KeyVerdict['reach']) => KeyVerdict

function judgeLimit(response: UpstreamResponse, verdict: MakeVerdict): KeyVerdict {
  if (judgeResponse(response)?.cause === 'QUOTA') return verdict('EXHAUSTED', 'The quota of the account is used up')
  const reach = reachOfDailyQuota(response.json)
  return reach === null
    ? verdict('COOLING', 'The vendor limits the rate of requests')
    : verdict('EXHAUSTED', 'The quota of the day is used up', reach)
}

function judgeWords(response: UpstreamResponse, verdict: MakeVerdict): KeyVerdict | null {
  const cause = judgeResponse(response)?.cause
  if (cause === 'KEY' || isBlockedKey(response.json)) return verdict('REFUSED', 'The vendor refused the key')
  if (cause === 'CREDIT') return verdict('EXHAUSTED', 'The account of the key has no credit')
  return cause === 'RATE' ? verdict('COOLING', 'The vendor limits the rate of requests') : null
}

/** What sentences about keys and credit have in common, however they are spelled in JSON or in a URL. */
const KEY_WORDS = /api.{0,6}key|bearer.{0,6}token|authentication.{0,6}failed|reported.{0,6}as.{0,6}leaked|credit.{0,6}(?:balance|card)/is

/**
 * Whether the words about a key may be the caller's own: errors quote what is wrong in a request, and whoever writes "api key" there
 * would keep everybody from the key. Codes are the vendor's own.
 */
function isQuoted({ sentText }: JudgedRequest, response: UpstreamResponse): boolean {
  const cause = judgeResponse(response)?.cause
  if (cause !== 'KEY' && cause !== 'CREDIT') return false
  if (judgeResponse(withoutSentences(response))?.cause === cause) return false
  const sent = sentText()
  return sent === null || KEY_WORDS.test(sent)
}

function withoutSentences(response: UpstreamResponse): UpstreamResponse {
  if (response.json === undefined) return response
  const codes = JSON.stringify(response.json, (_name, value: unknown) => (typeof value === 'string' && /\s/.test(value) ? '' : value))
  return upstreamResponse(response.httpStatus, response.headers, codes)
}

/** OpenRouter has credit for a smaller request, and OpenAI never takes one that is larger than the limit of a whole minute. */
const TOO_LARGE = /\bcan only afford [1-9]|^Prompt tokens limit exceeded: \d+ > [1-9]|^Request too large for /
/** OpenAI refuses a good key together with another one's organization or project. */
const MISMATCH = /^(?:mismatched|invalid)_(?:organization|project)$/

function isOfRequest({ namesAccount }: JudgedRequest, json: unknown, vendorText: string): boolean {
  return TOO_LARGE.test(vendorText) || (namesAccount && MISMATCH.test(textAt(json, 'error', 'code')))
}

/** Anthropic answers so to a disabled key, on its list of models alone: elsewhere it speaks of the model, or of the path. */
function isDisabledKey({ type, method, path, basePath }: JudgedRequest, json: unknown): boolean {
  const isList = path === `${basePath.replace(/\/v1$/, '')}/v1/models`
  return type === 'ANTHROPIC' && method === 'GET' && isList && textAt(json, 'error', 'type') === 'not_found_error'
}

/** Google: the restrictions of the key exclude this gateway, so no call with it will pass. */
function isBlockedKey(json: unknown): boolean {
  return detailsOf(json).some((detail) => /^API_KEY_.*_BLOCKED$/.test(textAt(detail, 'reason')))
}

/** Google: what a quota that ends with the day is of. Most are of one model, and of some models a key has none at all; null for no such quota. */
function reachOfDailyQuota(json: unknown): 'key' | 'model' | null {
  const violations = detailsOf(json).flatMap((detail) => at(detail, 'violations') ?? [])
  const daily = violations.map((violation) => textAt(violation, 'quotaId')).filter((id) => id.includes('PerDay'))
  if (daily.length === 0) return null
  return daily.every((id) => id.includes('PerModel')) ? 'model' : 'key'
}
