import type { Failure } from '../client/outbound-error.ts'
import type { Credential } from '../vendors/credential.ts'
import type { Finding, Judgement, Success } from '../vendors/judgement.ts'
import type { KeyTrial, Sender } from '../vendors/probe.ts'
import { describeControl, randomCredential, refusesKey } from './control-request.ts'

/** Who sends, and how the request with something random in place of the real credential is made. */
export interface Trials extends Sender {
  /** The credential in an extra header, where there is no other; what it is replaced by in the control request. */
  readonly randomHeaders: Readonly<Record<string, string>>
}

/**
 * Tries the credential. Where a good response may come without a valid one, the same request with a random one follows: only
 * when an API refuses that one is the credential proven. The real one is sent once (and in the retries that the provider
 * asks for).
 */
export async function tryKey(trials: Trials, trial: KeyTrial, credential: Credential): Promise<Finding> {
  const finding = await sendAndJudge(trials, trial, credential)
  if (finding.kind !== 'success' || !trial.needsControl) return inTermsOf(credential, finding)
  const control = await sendControl(trials, trial.request, credential)
  const isProven = control.kind === 'response' && refusesKey(trial.judge(control))
  return isProven ? inTermsOf(credential, finding) : unproven(finding, describeControl(control, credential))
}

/** The response is let go here: it may be large, and the control request takes its time. */
async function sendAndJudge({ send }: Trials, { request, judge }: KeyTrial, credential: Credential): Promise<Judgement | Failure> {
  const reply = await send(request, credential)
  return reply.kind === 'failure' ? reply : judge(reply)
}

/** A header is no key: none is proven by it, however well it works, and none is refused with it. */
export function inTermsOf(credential: Credential, finding: Finding): Finding {
  if (credential.kind !== 'none') return finding
  if (finding.kind === 'success') return unproven(finding, 'Its header authenticates.')
  const isRefused = finding.kind === 'refusal' && finding.cause === 'KEY'
  return isRefused ? { ...finding, hint: 'The credential is an extra header of the provider.' } : finding
}

function unproven({ httpStatus, models, note }: Success, why: string): Finding {
  return { kind: 'unproven', httpStatus, models, why: note === '' ? why : `${why} ${note}` }
}

/** The request with a made-up credential in place of the real one, sent once. */
export function sendControl(trials: Trials, request: KeyTrial['request'], credential: Credential): ReturnType<Sender['sendOnce']> {
  const headers = credential.kind === 'none' ? trials.randomHeaders : {}
  return trials.sendOnce({ ...request, headers: { ...request.headers, ...headers } }, randomCredential(credential))
}
