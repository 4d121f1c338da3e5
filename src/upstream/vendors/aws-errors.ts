import type { UpstreamResponse } from '../client/messages.ts'
import { xmlText } from './api-error.ts'
import { textAt } from './json.ts'
import { type Refusal, refusal } from './judgement.ts'

/** Codes by which AWS says that it does not know the key, or that the secret does not belong to it. */
const KEY_CODES =
  /^(?:UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidClientTokenId|InvalidAccessKeyId|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|AuthFailure)/
const PERMISSION_CODES = /^(?:AccessDenied|NotAuthorized|OptInRequired|SubscriptionRequired|UnauthorizedOperation|RegionDisabled)/
const KEY_HINT = 'Check that the access key and its secret belong together, and that the region is enabled for the account.'

/** What AWS's refusal means; null for errors that are not in AWS's form. */
export function judgeAws(response: UpstreamResponse): Refusal | null {
  const code = awsErrorCode(response)
  const text = awsErrorText(response)
  if (/signature (?:expired|not yet current)/i.test(text)) return refusal('CLOCK', response)
  if (/^ExpiredToken/.test(code))
    return refusal('KEY', response, 'The temporary key has expired. Store a fresh access key, secret and session token.')
  // A wrong Bedrock API key is "access denied" too; only its text tells.
  const isKey = KEY_CODES.test(code) || (/api key is valid|bearer token|authentication failed/i.test(text) && isAws(response, code))
  if (isKey) return refusal('KEY', response, KEY_HINT)
  if (PERMISSION_CODES.test(code)) return refusal('PERMISSION', response)
  return /^(?:Throttling|TooManyRequests|RequestLimitExceeded)/.test(code) ? refusal('RATE', response) : null
}

function isAws({ json }: UpstreamResponse, code: string): boolean {
  return code !== '' || textAt(json, 'Message') !== ''
}

/** From the header, from JSON, or from the XML that STS sends to callers who ask for nothing else. */
function awsErrorCode({ headers, json, body }: UpstreamResponse): string {
  const named = headers['x-amzn-errortype']?.split(':')[0] || textAt(json, '__type') || textAt(json, 'Error', 'Code')
  return (named || xmlText(body, 'Code')).replace(/^.*#/, '')
}

function awsErrorText({ json, body }: UpstreamResponse): string {
  return textAt(json, 'message') || textAt(json, 'Message') || textAt(json, 'Error', 'Message') || xmlText(body, 'Message')
}
