import type { Answer } from '../client/messages.ts'
import type { Failure } from '../client/outbound-error.ts'
import type { Verdict } from './connection-status.ts'
import { errorText } from './json.ts'
import type { ProbeTest } from './probe.ts'

/** What the wording of a refusal needs to know. */
export type Wording = Pick<ProbeTest, 'names' | 'scrubber'>

/** The key works and is proven. */
export function keyWorks(httpStatus: number, models: readonly string[], note = ''): Verdict {
  return verdict('OK', `The key works.${listed(models)}${spaced(note)}`, httpStatus, { models, keyVerified: true })
}

/** The endpoint answers, but that proves nothing about a key; `why` is a sentence. */
export function reachable(httpStatus: number, models: readonly string[], why: string): Verdict {
  return verdict('OK', `The endpoint answers.${listed(models)} ${why}`, httpStatus, { models })
}

/** The key is wrong, revoked or disabled. */
export function keyRefused(answer: Answer, wording: Wording, hint = ''): Verdict {
  const page = wording.names.keyPageUrl
  const next = page === null ? 'Check the key, or create a new one.' : `Create a new key at ${page}.`
  return refusal('UNAUTHORIZED', `The key was refused (${answer.httpStatus}).${spaced(hint)} ${next}`, answer, wording)
}

/** The upstream wants a key and none was given. */
export function keyMissing(answer: Answer, wording: Wording): Verdict {
  const text = `The endpoint wants a key (${answer.httpStatus}) and none was given. Add a key to the provider.`
  return refusal(answer.httpStatus === 401 ? 'UNAUTHORIZED' : 'FORBIDDEN', text, answer, wording)
}

/** The key is good but may not do this. */
export function lacksPermission(answer: Answer, wording: Wording, hint = ''): Verdict {
  const next = hint === '' ? `Check with ${wording.names.displayName} what the key is allowed to do.` : hint
  return refusal('FORBIDDEN', `The key lacks permission (${answer.httpStatus}). ${next}`, answer, wording)
}

/** The key is good but nobody pays. */
export function lacksCredit(answer: Answer, wording: Wording): Verdict {
  const text = `The key was accepted, but the account has no credit (${answer.httpStatus}). Check its billing with ${wording.names.displayName}.`
  return refusal('FORBIDDEN', text, answer, wording)
}

/** There is no such API here. */
export function noSuchApi(answer: Answer, wording: Wording, hint = ''): Verdict {
  const example = wording.names.exampleBaseUrl
  const next = hint !== '' ? hint : `Check the base URL${example === null ? '' : `, e.g. ${example}`}.`
  return refusal('NOT_FOUND', `No compatible API was found at this URL (${answer.httpStatus}). ${next}`, answer, wording)
}

/** The upstream limits the rate of requests; that says nothing about the key. */
export function rateLimited(answer: Answer, wording: Wording, hint = ''): Verdict {
  const when = answer.retryAfterSeconds === null ? 'later' : `in ${answer.retryAfterSeconds} s`
  const next = hint === '' ? `Try again ${when}; this says nothing about the key.` : hint
  return refusal(
    'RATE_LIMITED',
    `${atStart(wording.names.displayName)} limits the rate of requests (${answer.httpStatus}). ${next}`,
    answer,
    wording,
  )
}

/** The upstream is broken, or answered what no such API answers; `text` is a sentence or two with the next step. */
export function unexpected(text: string, answer: Answer, wording: Wording): Verdict {
  return refusal('UNEXPECTED_RESPONSE', text, answer, wording)
}

/** A 2xx answer whose body is not what this API sends. */
export function wrongShape(answer: Answer): Verdict {
  const what = {
    compressed: 'with a compressed body although none was asked for',
    'too long': 'with more than 1 MiB',
    malformed: 'in broken HTTP',
    'broken off': 'and broke off',
  }
  const how = answer.bodyProblem === null ? 'but not as this API does' : what[answer.bodyProblem]
  const text = `The endpoint answered (${answer.httpStatus}) ${how}. Check that the base URL is that of the API, not of a web page or a proxy.`
  return verdict('UNEXPECTED_RESPONSE', text, answer.httpStatus)
}

/** No test was or can be made; `reason` is a sentence or two. */
export function notTestable(reason: string, options: { httpStatus?: number; models?: readonly string[] } = {}): Verdict {
  return verdict('NOT_TESTABLE', reason, options.httpStatus ?? null, { models: options.models ?? [] })
}

/** The key cannot go into a header, so no upstream can have accepted it; `problem` is half a sentence. */
export function unsendableKey(problem: string): Verdict {
  const text = `The key cannot be sent in an HTTP header: ${problem}. Copy the key again, without anything around it.`
  return verdict('UNAUTHORIZED', text, null)
}

/** A base URL that the outbound rules forbid. */
export function blockedAddress(reason: string): Verdict {
  return verdict('BLOCKED_ADDRESS', reason, null)
}

/** The call ended without an answer. */
export function failed(failure: Failure): Verdict {
  return verdict(failure.status, failure.message, failure.httpStatus)
}

/** The verdict that any API's status stands for; null for 2xx, which only the probe can judge. */
export function judgeStatus(answer: Answer, wording: Wording): Verdict | null {
  const { httpStatus } = answer
  if (httpStatus >= 200 && httpStatus < 300) return null
  if (httpStatus >= 500) {
    return unexpected(`${atStart(wording.names.displayName)} has a problem of its own (${httpStatus}). Try again later.`, answer, wording)
  }
  switch (httpStatus) {
    case 401:
      return keyRefused(answer, wording)
    case 402:
      return lacksCredit(answer, wording)
    case 403:
      return lacksPermission(answer, wording)
    case 404:
    case 405:
    case 410:
      return noSuchApi(answer, wording)
    case 429:
      return rateLimited(answer, wording)
    default:
      return unexpected(`The endpoint refused the request (${httpStatus}). Check that the base URL and the type match.`, answer, wording)
  }
}

function refusal(status: Verdict['status'], text: string, answer: Answer, { scrubber }: Wording): Verdict {
  const quote = scrubber.quote(errorText(answer.json))
  return verdict(status, quote === null ? text : `${text} The answer said: "${quote}"`, answer.httpStatus)
}

function verdict(status: Verdict['status'], message: string, httpStatus: number | null, good: Partial<Verdict> = {}): Verdict {
  return { status, message, httpStatus, keyVerified: false, models: [], ...good }
}

function listed(models: readonly string[]): string {
  if (models.length === 0) return ''
  return models.length === 1 ? ' It lists 1 model.' : ` It lists ${models.length} models.`
}

function spaced(text: string): string {
  return text === '' ? '' : ` ${text}`
}

/** A name at the start of a sentence. */
function atStart(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
