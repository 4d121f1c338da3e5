import { at, textAt } from '../../upstream/vendors/json.ts'
import type { HeldAnswer } from '../attempt.ts'
import { isTrouble } from '../call-failure.ts'
import type { CallErrorCode } from '../error-codes.ts'
import { textOf } from '../scrub-answer.ts'

/** Whether another target of a route may answer what this vendor refused. */
export function isWorthAnother(answer: HeldAnswer): boolean {
  return answer.status === 429 || isTrouble(answer.status) || (answer.status === 404 && saysNoSuchModel(answer))
}

/** In the words of OpenAI, Azure, Anthropic and Google. */
function saysNoSuchModel(answer: HeldAnswer): boolean {
  const json = parsed(textOf(answer))
  const error = at(json, 'error') ?? at(json, 0, 'error')
  const [code, type, status, message] = ['code', 'type', 'status', 'message'].map((field) => textAt(error, field))
  if (code === 'model_not_found' || code === 'DeploymentNotFound') return true
  if (type === 'not_found_error') return /^model\b/i.test(message ?? '')
  return status === 'NOT_FOUND' && /\bmodels\//.test(message ?? '')
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}

/** Why a target could not answer, so that another one may: `timeout` may have cost something already. */
const FAILURES: Readonly<Partial<Record<CallErrorCode, 'target' | 'keys' | 'timeout'>>> = {
  upstream_unreachable: 'target',
  upstream_redirected: 'target',
  address_blocked: 'target',
  upstream_timeout: 'timeout',
  all_keys_rate_limited: 'keys',
  upstream_credentials_refused: 'keys',
  no_api_key: 'keys',
  no_endpoint: 'keys',
  provider_disabled: 'keys',
  concurrency_limit: 'keys',
}

/** What an error of ours says of a target: null when it is about the call. Keys have a memory of their own; the breaker counts the rest. */
export function failureOf(code: CallErrorCode): 'target' | 'keys' | 'timeout' | null {
  return FAILURES[code] ?? null
}
