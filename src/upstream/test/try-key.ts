import { randomBytes } from 'node:crypto'
import type { Verdict } from '../vendors/connection-status.ts'
import type { KeyTrial, Sender } from '../vendors/probe.ts'
import { failed, reachable } from '../vendors/verdict.ts'

/**
 * Tries the key. Where a 2xx may come without a valid key, the same request with a random key follows: only when that one
 * is refused is the key proven. The real key is sent once (and in the retries that the provider asks for).
 */
export async function tryKey(test: Sender, key: string, trial: KeyTrial): Promise<Verdict> {
  const reply = await test.send(await trial.request(key))
  if (reply.kind === 'failure') return failed(reply)
  const verdict = trial.judge(reply)
  if (verdict.status !== 'OK' || !trial.needsControl) return verdict
  return (await refusesRandomKey(test, trial)) ? verdict : reachable(reply.httpStatus, verdict.models, UNPROVEN)
}

const UNPROVEN =
  'It did not refuse a random key, so this key is not proven: the list may be open to anyone. Send a real request to be sure.'

/** Whether the endpoint turns a made-up key away. A key of that shape is in nobody's hands. */
export async function refusesRandomKey(test: Sender, trial: Pick<KeyTrial, 'request' | 'judge'>): Promise<boolean> {
  const reply = await test.sendOnce(await trial.request(randomKey()))
  if (reply.kind === 'failure') return false
  const { status } = trial.judge(reply)
  return status === 'UNAUTHORIZED' || status === 'FORBIDDEN'
}

function randomKey(): string {
  return `sk-${randomBytes(24).toString('hex')}`
}
