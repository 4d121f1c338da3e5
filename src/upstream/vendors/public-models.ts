import type { Verdict } from './connection-status.ts'
import { readModelNames } from './model-list.ts'
import { get } from './openai-api.ts'
import type { ProbeTest } from './probe.ts'

/** The models in a list that needs no key, read without one; empty when it cannot be read. */
export async function readPublicModels(test: ProbeTest, url: URL): Promise<readonly string[]> {
  const reply = await test.sendOnce(get(url, {}))
  if (reply.kind === 'failure' || reply.httpStatus !== 200) return []
  return readModelNames(reply.json, test.scrubber) ?? []
}

/** A good verdict with the models of a public list added; every other verdict as it is. */
export async function withPublicModels(test: ProbeTest, verdict: Verdict, url: URL): Promise<Verdict> {
  return verdict.status === 'OK' ? { ...verdict, models: await readPublicModels(test, url) } : verdict
}
