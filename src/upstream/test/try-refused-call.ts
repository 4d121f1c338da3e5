import type { UpstreamResponse } from '../client/messages.ts'
import { apiErrorIn } from '../vendors/api-error.ts'
import type { Credential } from '../vendors/credential.ts'
import { at } from '../vendors/json.ts'
import { judgeResponse } from '../vendors/judge.ts'
import { type Finding, success } from '../vendors/judgement.ts'
import type { RefusedCall } from '../vendors/probe.ts'
import { describeControl, refusesKey } from './control-request.ts'
import { inTermsOf, sendControl, type Trials } from './try-key.ts'

/**
 * Sends one call that cannot succeed, for an upstream without a list of models: this is the second and last request of a test
 * that carries the key, and it goes to the same host. When the upstream complains about the call and not about the key, the
 * key went through, if the same call with a random key is turned away.
 */
export async function tryRefusedCall(trials: Trials, { request, listing }: RefusedCall, credential: Credential): Promise<Finding> {
  const reply = await trials.sendOnce(request, credential)
  if (reply.kind === 'failure') return reply
  if (!complainsAboutTheCall(reply)) return inTermsOf(credential, findingOf(reply, listing))
  const control = await sendControl(trials, request, credential)
  const judged = control.kind === 'failure' ? null : (judgeResponse(control) ?? success(control))
  if (judged !== null && refusesKey(judged)) return inTermsOf(credential, success(reply, null, WITHOUT_LIST))
  const isComplaint = control.kind === 'response' && complainsAboutTheCall(control)
  const why = isComplaint ? 'It did not refuse a random key, so this key is not proven.' : describeControl(control, credential)
  return { kind: 'unproven', httpStatus: reply.httpStatus, models: null, why: `${WITHOUT_LIST} ${why}` }
}

const WITHOUT_LIST = 'It lists no models, so the key was tried with a call that cannot run.'

/**
 * Whether the upstream got as far as the call itself. The call names a model that does not exist and has no messages, so an
 * API complains about one of them; a 404 that does not speak of a model comes from a server without this route.
 */
function complainsAboutTheCall(response: UpstreamResponse): boolean {
  const { httpStatus, json } = response
  if (httpStatus === 200) return Array.isArray(at(json, 'choices')) || Array.isArray(at(json, 'content'))
  const error = apiErrorIn(response)
  if (error === null) return false
  if (httpStatus === 404) return /model/i.test(error.text)
  return (httpStatus === 400 || httpStatus === 422) && judgeResponse(response)?.cause === 'REQUEST'
}

/** What stands: what the call was told, or what the list was told when the call found no API either. */
function findingOf(response: UpstreamResponse, listing: Finding): Finding {
  const judged = judgeResponse(response)
  return judged === null || judged.cause === 'ROUTE' ? listing : judged
}
