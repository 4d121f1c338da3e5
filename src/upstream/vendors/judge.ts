import type { UpstreamResponse } from '../client/messages.ts'
import { apiErrorIn, errorText, xmlText } from './api-error.ts'
import { judgeAws } from './aws-errors.ts'
import { at, textAt } from './json.ts'
import { type Refusal, refusal } from './judgement.ts'

/**
 * What a response means, by the rules of every vendor: any of them may stand behind any type, through a relay or a
 * compatible mode. For tests and calls alike; the request need not be known. Null for a success without an error inside.
 */
export function judgeResponse(response: UpstreamResponse): Refusal | null {
  const { httpStatus } = response
  if (httpStatus >= 200 && httpStatus < 300) return judgeErrorInSuccess(response)
  // Whether a route exists is told by web servers too.
  if ([404, 405, 410].includes(httpStatus) && apiErrorIn(response) === null) return refusal('ROUTE', response)
  const error = apiErrorIn(response)
  if (error === null) return isSilentTrouble(response) ? refusal('VENDOR', response) : refusal('NOT_API', response, hintIn(response))
  return judgeAws(response) ?? judgeGoogle(response) ?? judgeOpenAi(response) ?? judgeOthers(response) ?? judgeStatus(response)
}

/** What a web server says itself of a request that it could not use. */
function hintIn({ httpStatus, body }: UpstreamResponse): string {
  const wantsTls = /plain HTTP request was sent to (?:an )?HTTPS port|HTTP request to an HTTPS server|plain HTTP to an SSL-enabled/i
  if (httpStatus === 400 && wantsTls.test(body)) return 'It speaks TLS: use https://.'
  return httpStatus === 407 ? 'A proxy in between wants credentials: set them in the network settings.' : ''
}

/** An upstream, or the balancer in front of it, that has nothing to say but its status. */
function isSilentTrouble({ httpStatus, body, bodyProblem }: UpstreamResponse): boolean {
  return httpStatus >= 500 && (bodyProblem !== null || body.trim() === '')
}

/** MiniMax answers 200 to everything and puts the verdict into the body. */
function judgeErrorInSuccess(response: UpstreamResponse): Refusal | null {
  const { json } = response
  const minimax = at(json, 'base_resp', 'status_code')
  if (minimax === 1004 || minimax === 2049) return refusal('KEY', response)
  if (minimax === 1008) return refusal('CREDIT', response)
  const isError = at(json, 'error') != null && at(json, 'error') !== false && errorText(json) !== ''
  return isError || textAt(json, 'type') === 'error' ? refusal('ERROR_IN_SUCCESS', response) : null
}

/** Refusals that Google tells by a reason and not by the status. Its OpenAI mode wraps the error in an array. */
function judgeGoogle(response: UpstreamResponse): Refusal | null {
  const { httpStatus, json } = response
  const error = at(json, 'error') ?? at(json, 0, 'error')
  const details = at(error, 'details')
  const reasons: readonly string[] = Array.isArray(details) ? details.map((detail) => textAt(detail, 'reason')) : []
  const text = errorText(json)
  if (httpStatus === 400 && (reasons.includes('API_KEY_INVALID') || /api key not valid|api key expired/i.test(text))) {
    return refusal('KEY', response)
  }
  if (httpStatus !== 403 && httpStatus !== 400) return null
  if (/reported as leaked/i.test(text)) return refusal('KEY', response, 'Google has seen it published.')
  if (reasons.includes('SERVICE_DISABLED')) {
    return refusal('PERMISSION', response, "Enable the Generative Language API in the key's Google Cloud project.")
  }
  if (reasons.some((reason) => reason.startsWith('API_KEY_') && reason.endsWith('_BLOCKED'))) {
    return refusal('PERMISSION', response, "The key's restrictions (API, IP address or referrer) exclude this gateway.")
  }
  const isElsewhere = textAt(error, 'status') === 'FAILED_PRECONDITION' && /location/i.test(text)
  return isElsewhere ? refusal('PERMISSION', response, 'Google does not serve the region that the gateway calls from.') : null
}

/** Refusals that OpenAI, and those who copy it, word in a way that their status alone does not tell. */
function judgeOpenAi(response: UpstreamResponse): Refusal | null {
  const { httpStatus, json } = response
  const text = errorText(json)
  const codes = [textAt(json, 'error', 'code'), textAt(json, 'error', 'type'), textAt(json, 'code')]
  if ((httpStatus === 401 || httpStatus === 403) && /missing scopes/i.test(text)) {
    return refusal('PERMISSION', response, 'Allow it to list models ("Models: read"), or test it with a real request.')
  }
  // xAI and some relays answer 400 to a wrong key, AI21 and others 403.
  const speaksOfKey =
    codes.includes('invalid_api_key') || /\b(?:incorrect|invalid|bad|wrong|unknown|expired|revoked)\b.{0,20}\bapi.?key/i.test(text)
  if ((httpStatus === 400 || httpStatus === 403) && speaksOfKey) return refusal('KEY', response)
  if (httpStatus === 429 && codes.some((code) => QUOTA_CODES.test(code))) return refusal('QUOTA', response)
  return null
}

const QUOTA_CODES = /^(?:insufficient_quota|credit_balance_exhausted|organization_usage_limit_exceeded|.*_spend_limit_exceeded)$/

/** What one vendor alone says, in words that no other uses. */
function judgeOthers(response: UpstreamResponse): Refusal | null {
  const { httpStatus, json } = response
  const text = errorText(json)
  // Anthropic
  if (httpStatus === 400 && /credit balance is too low/i.test(text)) return refusal('CREDIT', response)
  if (httpStatus === 400 && /not scoped to a workspace/i.test(text)) {
    return refusal('PERMISSION', response, 'It belongs to no workspace. Create a key inside a workspace.')
  }
  // Vercel
  if (httpStatus === 403 && /valid credit card/i.test(text)) return refusal('CREDIT', response)
  // ElevenLabs answers 401 to a good key that is not allowed to read the account.
  if (httpStatus === 401 && textAt(json, 'detail', 'status') === 'missing_permissions') return refusal('PERMISSION', response)
  return judgeAzure(response, text)
}

function judgeAzure(response: UpstreamResponse, text: string): Refusal | null {
  const { httpStatus, json } = response
  if (httpStatus === 403 && /public access|virtual network|firewall|private endpoint/i.test(text)) {
    return refusal(
      'PERMISSION',
      response,
      "The resource's network rules do not let the gateway in. Allow its address, or use the private endpoint.",
    )
  }
  if (httpStatus === 404 && textAt(json, 'error', 'code') === 'DeploymentNotFound') {
    return refusal(
      'ROUTE',
      response,
      'The resource has no deployment of this name. Check its spelling, and wait some minutes after creating one.',
    )
  }
  return null
}

/** What the status of any API's error stands for. */
function judgeStatus(response: UpstreamResponse): Refusal {
  const { httpStatus } = response
  if (httpStatus >= 500) return refusal('VENDOR', response)
  switch (httpStatus) {
    case 401:
      return refusal('KEY', response)
    case 402:
      return refusal('CREDIT', response)
    case 403:
      return refusal('PERMISSION', response)
    case 404:
    case 405:
    case 410:
      return refusal('ROUTE', response)
    case 429:
      return refusal('RATE', response)
    default:
      return refusal('REQUEST', response)
  }
}

/** The upstream's own words about an error: from JSON, or from the XML of AWS's token service. Not scrubbed. */
export function upstreamText(response: UpstreamResponse): string {
  return errorText(response.json) || (typeof response.json === 'string' ? response.json : '') || xmlText(response.body, 'Message')
}
