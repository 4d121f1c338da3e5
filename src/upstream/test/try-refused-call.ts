import type { Answer } from '../client/messages.ts'
import type { Verdict } from '../vendors/connection-status.ts'
import { at, errorText, isApiError } from '../vendors/json.ts'
import type { RefusedCall, Sender } from '../vendors/probe.ts'
import { failed, keyWorks, reachable } from '../vendors/verdict.ts'
import { refusesRandomKey } from './try-key.ts'

/**
 * Sends one call that cannot succeed, for an upstream without a list of models: this is the second and last request of a test
 * that carries the key, and it goes to the same host. When the upstream complains about the call and not about the key, the
 * key went through, if the same call with a random key is turned away.
 */
export async function tryRefusedCall(test: Sender, key: string, call: RefusedCall): Promise<Verdict> {
  const reply = await test.sendOnce(call.request(key))
  if (reply.kind === 'failure') return failed(reply)
  const refusal = call.judgeRefusal(reply)
  if (refusal?.status === 'UNAUTHORIZED' || !complainsAboutTheCall(reply)) return verdictOf(reply, call)
  const judge = (answer: Answer) => call.judgeRefusal(answer) ?? keyWorks(answer.httpStatus, [])
  if (await refusesRandomKey(test, { request: call.request, judge })) return keyWorks(reply.httpStatus, [], WITHOUT_LIST)
  return reachable(reply.httpStatus, [], `${WITHOUT_LIST} It did not refuse a random key, so this key is not proven.`)
}

const WITHOUT_LIST = 'It lists no models, so the key was tried with a call that cannot run.'

/**
 * Whether the upstream got as far as the call itself. The call names a model that does not exist and has no messages, so an
 * API complains about one of them; a 404 that does not speak of a model comes from a server without this route.
 */
function complainsAboutTheCall(answer: Answer): boolean {
  switch (answer.httpStatus) {
    case 200:
      return Array.isArray(at(answer.json, 'choices')) || Array.isArray(at(answer.json, 'content'))
    case 400:
    case 422:
      return isApiError(answer.json)
    case 404:
      return /model/i.test(errorText(answer.json))
    default:
      return false
  }
}

function verdictOf(answer: Answer, call: RefusedCall): Verdict {
  const refusal = call.judgeRefusal(answer)
  return refusal === null || refusal.status === 'NOT_FOUND' ? call.listing : refusal
}
