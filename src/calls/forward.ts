import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../upstream/client/target.ts'
import type { AcceptedCall } from './accepted-call.ts'
import { type AnswerEnd, Attempt, type HeldAnswer } from './attempt.ts'
import { answerToFailure, endOfBroken, isTrouble } from './call-failure.ts'
import { type AttemptReason, type CallOutcome, type CallProgress, outcomeOfStatus } from './call-record.ts'
import { CallError, type CallErrorCode } from './error-codes.ts'
import { Failover } from './failover.ts'
import { type JudgedRequest, judgeAnswer, type KeyVerdict } from './judge-answer.ts'
import type { KeyStates, KeyUse } from './key-states.ts'
import { LeftToAnother } from './left-to-another.ts'
import { type OpenDeps, type OpenedRequest, openRequest } from './open-request.ts'
import type { KeyForCall } from './provider-for-call.ts'
import { answerHeaders } from './response-headers.ts'
import { scrubAnswer } from './scrub-answer.ts'
import { sentText } from './sent-text.ts'
import { UnusableKey } from './unusable-key.ts'
import { vendorRequestId } from './vendor-request-id.ts'

export interface ForwardDeps extends OpenDeps {
  readonly states: KeyStates
  /** Hears of each key that is sent. */
  readonly onKeyUsed: (apiKeyId: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

/** A key with an endpoint of its own may not lead where the call wants to go; another one may. Nothing was sent. */
const LEADS_NOWHERE: ReadonlySet<CallErrorCode> = new Set([
  ...(['no_endpoint', 'route_not_supported', 'format_not_supported', 'model_not_allowed'] as const),
])

/** Longer than any model answers. */
const READ_ALONE_MS = 3_600_000

/** What one attempt came to: the call is over, or goes on with the next key, or once more after a pause. */
type Step =
  | { readonly kind: 'over'; readonly outcome: CallOutcome }
  | { readonly kind: 'next key' }
  | { readonly kind: 'again'; readonly pauseMs: number }

/**
 * Makes a call: with one key after the other until one is taken, and answers the caller as the vendor does. Nothing is tried
 * again once the first byte has reached the caller.
 * @throws CallError when the answer is an error of ours; nothing has reached the caller then.
 */
export async function forwardCall(call: AcceptedCall, deps: ForwardDeps): Promise<CallOutcome> {
  const failover = new Failover(call, deps)
  let reason: AttemptReason | null = call.progress.attempts === 0 ? null : 'next_target'
  for (;;) {
    const key = failover.nextKey()
    const use = deps.states.begin(key, call.model)
    if (key.apiKeyId !== null) deps.onKeyUsed(key.apiKeyId)
    let step: Step
    try {
      step = await tryKey(call, deps, failover, { key, use, reason })
    } finally {
      use.end()
    }
    if (step.kind === 'over') return finalOutcome(call, step.outcome)
    if (step.kind === 'again') await pause(call, step.pauseMs)
    if (call.caller.isGone) return 'CALLER_LEFT'
    reason = step.kind === 'again' ? 'retry' : 'next_key'
  }
}

async function finalOutcome({ relay }: AcceptedCall, outcome: CallOutcome): Promise<CallOutcome> {
  await relay.decoded()
  return outcome === 'OK' && relay.tellsFailure ? 'VENDOR_ERROR' : outcome
}

async function tryKey(call: AcceptedCall, deps: ForwardDeps, failover: Failover, { key, use, reason }: Try): Promise<Step> {
  let opened: OpenedRequest
  try {
    opened = await openRequest(call, key, failover.firstByteMs(), deps)
  } catch (error) {
    if (error instanceof CallError && LEADS_NOWHERE.has(error.code)) failover.skip(key, error)
    else if (error instanceof UnusableKey) use.rests('REFUSED', error.message, null)
    else throw error
    return { kind: 'next key' }
  }
  if (call.caller.isGone) return { kind: 'over', outcome: 'CALLER_LEFT' }
  countAttempt(call.progress, call.progress.attempts === 0 ? null : reason)
  call.progress.apiKeyId = key.apiKeyId
  call.progress.apiKeyMasked = key.masked
  const attempt = startAttempt(call, deps, opened)
  call.caller.endWhenGone(() => endForNobody(call, attempt))
  try {
    return await stepAfter(call, deps, failover, { attempt, opened, use })
  } finally {
    call.caller.endWhenGone(null)
  }
}

/**
 * The caller has left. An answer that has begun is read on where its figures count against a limit: they come last, and whoever left in
 * front of them would use tokens that nobody counts.
 */
function endForNobody({ scope, relay }: AcceptedCall, attempt: Attempt): void {
  if (scope.tokensPerDay !== null && relay.readAlone()) attempt.abortAfter(READ_ALONE_MS)
  else attempt.abort()
}

function startAttempt(
  { provider, relay, progress, requestId, route }: AcceptedCall,
  { pools }: ForwardDeps,
  opened: OpenedRequest,
): Attempt {
  const pool = pools.poolFor(provider, opened.target)
  const target = {
    begin: (status: number, headers: readonly string[], source: Parameters<typeof relay.begin>[2]) => {
      const secrets = opened.secrets()
      progress.vendorRequestId = vendorRequestId(headers, secrets)
      relay.begin(
        status,
        answerHeaders(headers, { requestId, attempts: progress.attempts, isUntouched: true, target: route?.target ?? null }),
        source,
        secrets,
      )
    },
    write: (chunk: Buffer) => relay.write(chunk),
    end: () => relay.end(),
  }
  return new Attempt(pool, opened.outgoing, target, () => countAttempt(progress, 'closed_connection'))
}

/** Ends early when the caller leaves: a call holds its places under the limits until it is over. */
async function pause({ caller }: AcceptedCall, ms: number): Promise<void> {
  const left = new AbortController()
  caller.endWhenGone(() => left.abort())
  await sleep(ms, null, { signal: left.signal }).catch(() => {})
  caller.endWhenGone(null)
}

/** @param reason null for the first one. */
function countAttempt(progress: CallProgress, reason: AttemptReason | null): void {
  progress.attempts += 1
  if (reason !== null) progress.furtherAttempts[reason] += 1
}

/** One key on trial. */
interface Try {
  readonly key: KeyForCall
  readonly use: KeyUse
  readonly reason: AttemptReason | null
}

interface Trial {
  readonly attempt: Attempt
  readonly opened: OpenedRequest
  readonly use: KeyUse
}

async function stepAfter(call: AcceptedCall, deps: ForwardDeps, failover: Failover, trial: Trial): Promise<Step> {
  const { attempt, use } = trial
  const result = await attempt.result
  switch (result.kind) {
    case 'aborted':
      return { kind: 'over', outcome: 'CALLER_LEFT' }
    case 'failed': {
      const pauseMs = result.failure.kind === 'unreachable' ? failover.pauseBeforeRetry() : null
      if (pauseMs !== null) return { kind: 'again', pauseMs }
      throw answerToFailure(result.failure)
    }
    case 'relayed':
      use.works()
      return over(call, result.status, await attempt.done)
    case 'held':
      return stepAfterHeldAnswer(call, deps, failover, trial, result.answer)
  }
}

async function stepAfterHeldAnswer(
  call: AcceptedCall,
  { now }: ForwardDeps,
  failover: Failover,
  trial: Trial,
  answer: HeldAnswer,
): Promise<Step> {
  const { attempt, opened, use } = trial
  if (answer.status < 400 && answer.status !== 304) {
    attempt.drop()
    throw new CallError(
      'upstream_redirected',
      "The provider answered with a redirect, and a key never follows one. Correct the provider's base URL.",
    )
  }
  const verdict = opened.isOurCredential ? judgeAnswer(judgedRequest(call, opened.target), answer, now()) : null
  if (verdict !== null) {
    const quote = opened.scrubber().quote(verdict.vendorText)
    const { reach } = verdict
    if (reach === 'request') failover.skip(opened.key, refusedRequest(verdict, quote))
    else {
      use.rests(verdict.state, verdict.reason, verdict.waitMs, reach)
      failover.exclude(opened.key, verdict, quote)
    }
    if (call.body.kind !== 'stream') {
      attempt.drop()
      return { kind: 'next key' }
    }
    if (verdict.state === 'REFUSED') {
      attempt.drop()
      if (reach === 'request') throw refusedRequest(verdict, quote)
      throw new CallError('upstream_credentials_refused', "The provider refused the stored key. Ask the gateway's operator.")
    }
    return pass(call, trial, answer)
  }
  if (showsThatKeyWorks(answer.status)) use.works()
  if (call.route?.leavesToAnother(answer)) {
    attempt.drop()
    throw new LeftToAnother(answer.status)
  }
  const pauseMs = isTrouble(answer.status) ? failover.pauseBeforeRetry() : null
  if (pauseMs === null) return pass(call, trial, answer)
  attempt.drop()
  return { kind: 'again', pauseMs }
}

function judgedRequest(call: AcceptedCall, { path, query }: Target): JudgedRequest {
  const { provider, method, request } = call
  const { type, endpoint } = provider
  const basePath = endpoint?.path ?? ''
  const namesAccount = (request.headers['openai-organization'] ?? request.headers['openai-project']) !== undefined
  return { type, method, path, basePath, namesAccount, sentText: () => sentText(call, `${path.slice(basePath.length)}?${query}`) }
}

/** What the caller is told when every key refuses this one request, and would take others. */
function refusedRequest({ state }: KeyVerdict, quote: string | null): CallError {
  if (state === 'REFUSED') {
    return new CallError(
      'upstream_credentials_refused',
      'The provider refused its key with the `openai-organization` or `openai-project` of this request. Leave these headers out.',
    )
  }
  const said = quote === null ? '' : ` The provider said: "${quote}"`
  return new CallError('all_keys_rate_limited', `The request is too large for what the API keys may use.${said}`, { retryAfterMs: 1_000 })
}

/** Hands a refusal on as it is, unless it shows a part of the key. */
async function pass(call: AcceptedCall, { attempt, opened }: Trial, answer: HeldAnswer): Promise<Step> {
  const { relay, requestId, progress } = call
  if (attempt.brokenBy !== null) {
    const { code, message } = endOfBroken(attempt.brokenBy)
    throw new CallError(code, message)
  }
  const clean = scrubAnswer(answer, opened.scrubber())
  const target = call.route?.target ?? null
  const headers = answerHeaders(clean.headers, { requestId, attempts: progress.attempts, isUntouched: clean.body === null, target })
  if (clean.body === null) {
    attempt.handOn(answer.status, headers)
    return over(call, answer.status, await attempt.done)
  }
  attempt.drop()
  progress.vendorRequestId = vendorRequestId(headers, opened.secrets())
  relay.answer(answer.status, headers, clean.body)
  return over(call, answer.status, 'whole')
}

function over(call: AcceptedCall, status: number, end: AnswerEnd): Step {
  if (end === 'aborted' || call.caller.isGone) return { kind: 'over', outcome: 'CALLER_LEFT' }
  if (end === 'whole') return { kind: 'over', outcome: outcomeOfStatus(status) }
  const { shape, requestId, relay } = call
  const { code, message } = endOfBroken(end)
  relay.breakOff(shape.event({ code, message, requestId, retryAfterMs: null }))
  return { kind: 'over', outcome: 'STREAM_BROKEN' }
}

/** Statuses about the request: a vendor says them to those whose key it knows. */
function showsThatKeyWorks(status: number): boolean {
  return [304, 400, 409, 413, 415, 422].includes(status)
}
