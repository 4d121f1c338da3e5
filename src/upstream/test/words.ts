import { retryAfterSeconds, type UpstreamResponse } from '../client/messages.ts'
import { MAX_BODY_BYTES } from '../client/read-body.ts'
import type { Verdict } from '../vendors/connection-status.ts'
import { upstreamText } from '../vendors/judge.ts'
import type { Finding, Refusal, RefusalCause } from '../vendors/judgement.ts'
import { MAX_LIST_BYTES, type ModelList } from '../vendors/model-list.ts'
import type { Scrubber } from '../vendors/scrub.ts'
import { foreignAnswer } from './foreign-answer.ts'

/** How a service is named to a person. */
export interface ServiceNames {
  readonly displayName: string
  /** Where a person makes a new key; null unless the endpoint is the vendor's own. */
  readonly keyPageUrl: string | null
  readonly exampleBaseUrl: string | null
}

/** What the wording needs to know. */
export interface Wording {
  readonly names: ServiceNames
  readonly scrubber: Scrubber
}

/** Puts a finding into words for a person: what was seen, whose answer it was, and what to do next. */
export function verdictOf(finding: Finding, wording: Wording): Verdict {
  switch (finding.kind) {
    case 'success': {
      const text = `The key works.${listed(finding.models)}${spaced(finding.note)}`
      return verdict('OK', text, finding.httpStatus, { models: finding.models?.names ?? [], keyVerified: true })
    }
    case 'unproven': {
      const text = `The endpoint answers.${listed(finding.models)} ${finding.why}`
      return verdict('OK', text, finding.httpStatus, { models: finding.models?.names ?? [] })
    }
    case 'refusal':
      return refusalVerdict(finding, wording)
    case 'failure':
      return verdict(finding.status, finding.message, finding.httpStatus)
    case 'notTestable':
      return verdict('NOT_TESTABLE', finding.reason, null, { models: finding.models?.names ?? [] })
    case 'misconfigured':
      return verdict('NOT_FOUND', finding.reason, null)
  }
}

/** A verdict without a response. */
export function verdict(status: Verdict['status'], message: string, httpStatus: number | null, good: Partial<Verdict> = {}): Verdict {
  return { status, message, httpStatus, keyVerified: false, models: [], ...good }
}

const STATUSES: Readonly<Record<RefusalCause, Verdict['status']>> = {
  KEY: 'UNAUTHORIZED',
  KEY_MISSING: 'UNAUTHORIZED',
  PERMISSION: 'FORBIDDEN',
  CREDIT: 'FORBIDDEN',
  RATE: 'RATE_LIMITED',
  QUOTA: 'RATE_LIMITED',
  ROUTE: 'NOT_FOUND',
  NOT_API: 'UNEXPECTED_RESPONSE',
  VENDOR: 'UNEXPECTED_RESPONSE',
  REQUEST: 'UNEXPECTED_RESPONSE',
  CLOCK: 'UNEXPECTED_RESPONSE',
  ERROR_IN_SUCCESS: 'UNEXPECTED_RESPONSE',
  SHAPE: 'UNEXPECTED_RESPONSE',
}

function refusalVerdict(refusal: Refusal, wording: Wording): Verdict {
  const { cause, response } = refusal
  const { httpStatus } = response
  const status = cause === 'KEY_MISSING' && httpStatus === 403 ? 'FORBIDDEN' : STATUSES[cause]
  const text = `${whatWasSeen(refusal, wording)} ${nextStep(refusal, wording)}`
  const quote = cause === 'NOT_API' || cause === 'SHAPE' ? null : wording.scrubber.quote(upstreamText(response))
  return verdict(status, quote === null ? text : `${text} The answer said: "${quote}"`, httpStatus)
}

function whatWasSeen({ cause, response }: Refusal, { names, scrubber }: Wording): string {
  const { httpStatus } = response
  switch (cause) {
    case 'KEY':
      return `The key was refused (${httpStatus}).`
    case 'KEY_MISSING':
      return `The endpoint wants a key (${httpStatus}) and none was given.`
    case 'PERMISSION':
      return `The key lacks permission (${httpStatus}).`
    case 'CREDIT':
      return `The key was accepted, but the account has no credit (${httpStatus}).`
    case 'RATE':
    case 'QUOTA':
      return `${atStart(names.displayName)} limits the rate of requests (${httpStatus}).`
    case 'ROUTE':
      return `No compatible API was found at this URL (${httpStatus}).`
    case 'NOT_API':
      return `The endpoint answered ${httpStatus} with ${foreignAnswer(response, scrubber)}.`
    case 'VENDOR':
      return `${atStart(names.displayName)} has a problem of its own (${httpStatus}).`
    case 'REQUEST':
      return `The endpoint refused the request (${httpStatus}).`
    case 'CLOCK':
      return `AWS refused the time of the request (${httpStatus}).`
    case 'ERROR_IN_SUCCESS':
      return `The endpoint answered ${httpStatus}, but with an error in the body.`
    case 'SHAPE':
      return `The endpoint answered (${httpStatus}) ${howItDiffers(response, scrubber)}.`
  }
}

function nextStep({ cause, response, hint }: Refusal, { names }: Wording): string {
  switch (cause) {
    case 'KEY': {
      const next = names.keyPageUrl === null ? 'Check the key, or create a new one.' : `Create a new key at ${names.keyPageUrl}.`
      return hint === '' ? next : `${hint} ${next}`
    }
    case 'KEY_MISSING':
      return 'Add a key to the provider.'
    case 'PERMISSION':
      return hint || `Check with ${names.displayName} what the key is allowed to do.`
    case 'CREDIT':
      return `Check its billing with ${names.displayName}.`
    case 'RATE': {
      const seconds = retryAfterSeconds(response)
      return hint || `Try again ${seconds === null ? 'later' : `in ${seconds} s`}; this says nothing about the key.`
    }
    case 'QUOTA':
      return `The account's quota is used up: check its plan and billing with ${names.displayName}.`
    case 'ROUTE':
      return hint || `Check the base URL${names.exampleBaseUrl === null ? '' : `, e.g. ${names.exampleBaseUrl}`}.`
    case 'NOT_API':
      return `${hint || 'A firewall or proxy may stand between.'} This says nothing about the key. ${checkNetwork(response.httpStatus)}`
    case 'VENDOR':
      return 'Try again later.'
    case 'REQUEST':
      return 'Check that the base URL and the type match.'
    case 'CLOCK':
      return "Set the clock of the gateway's machine."
    case 'ERROR_IN_SUCCESS':
      return 'No API of this type does that, so nothing is known of the key. Check the base URL and the type.'
    case 'SHAPE':
      return 'Check that the base URL is that of the API, not of a web page or a proxy.'
  }
}

function checkNetwork(httpStatus: number): string {
  return `${httpStatus >= 500 ? 'Try again later, or check' : 'Check'} the base URL, and that the network lets the gateway through.`
}

/** How a success differs from what this API sends. */
function howItDiffers(response: UpstreamResponse, scrubber: Scrubber): string {
  switch (response.bodyProblem) {
    case 'compressed':
      return 'with a compressed body although none was asked for'
    case 'too long':
      return `with more than ${MAX_LIST_BYTES / MAX_BODY_BYTES} MiB`
    case 'malformed':
      return 'in broken HTTP'
    case 'broken off':
      return 'and broke off'
    case null:
      return response.json === undefined ? `with ${foreignAnswer(response, scrubber)}` : 'but not as this API does'
  }
}

function listed(models: ModelList | null): string {
  if (models === null) return ''
  const { names, total, skipped } = models
  const dropped = total > names.length ? `, the first ${count(names.length)} are kept` : ''
  const list = total === 0 ? '' : ` It lists ${count(total)} ${total === 1 ? 'model' : 'models'}${dropped}.`
  if (skipped === 0) return list
  return `${list} ${count(skipped)} ${skipped === 1 ? 'entry has' : 'entries have'} no usable name and ${skipped === 1 ? 'is' : 'are'} left out.`
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

function spaced(text: string): string {
  return text === '' ? '' : ` ${text}`
}

/** A name at the start of a sentence. */
function atStart(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
