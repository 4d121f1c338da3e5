import type { Answer } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import { textAt } from './json.ts'
import { judgeStatus, keyRefused, lacksPermission, rateLimited, unexpected, type Wording } from './verdict.ts'

/** Codes by which AWS says that it does not know the key, or that the secret does not belong to it. */
const KEY_CODES =
  /^(?:UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidClientTokenId|InvalidAccessKeyId|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|AuthFailure)/
const PERMISSION_CODES = /^(?:AccessDenied|NotAuthorized|OptInRequired|SubscriptionRequired|UnauthorizedOperation|RegionDisabled)/

/** What AWS's refusal means; null for 2xx. `permissionHint` says what to allow. */
export function judgeAws(answer: Answer, wording: Wording, permissionHint: string): Verdict | null {
  const code = awsErrorCode(answer)
  const text = awsErrorText(answer)
  if (/signature (?:expired|not yet current)/i.test(text)) {
    return unexpected(
      `AWS refused the time of the request (${answer.httpStatus}). Set the clock of the gateway's machine.`,
      answer,
      wording,
    )
  }
  // A wrong Bedrock API key is "access denied" too; only its text tells.
  if (KEY_CODES.test(code) || /api key is valid|bearer token|authentication failed/i.test(text)) {
    return keyRefused(
      answer,
      wording,
      'Check that the access key and its secret belong together, and that the region is enabled for the account.',
    )
  }
  if (PERMISSION_CODES.test(code)) return lacksPermission(answer, wording, permissionHint)
  if (/^(?:Throttling|TooManyRequests|RequestLimitExceeded)/.test(code)) return rateLimited(answer, wording)
  return judgeStatus(answer, wording)
}

/** From the header, from JSON, or from the XML that STS sends to callers who ask for nothing else. */
function awsErrorCode(answer: Answer): string {
  const named = answer.awsErrorType.split(':')[0] || textAt(answer.json, '__type') || textAt(answer.json, 'Error', 'Code')
  const code = named || (/<Code>([A-Za-z]+)<\/Code>/.exec(answer.body)?.[1] ?? '')
  return code.replace(/^.*#/, '')
}

function awsErrorText(answer: Answer): string {
  const text = textAt(answer.json, 'message') || textAt(answer.json, 'Message') || textAt(answer.json, 'Error', 'Message')
  return text || (/<Message>([^<]*)<\/Message>/.exec(answer.body)?.[1] ?? '')
}
