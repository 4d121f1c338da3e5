import type { Target } from '../client/target.ts'
import type { Finding } from './judgement.ts'
import { type ModelList, readModels } from './model-list.ts'
import { get } from './openai-api.ts'
import type { ProbeTest } from './probe.ts'

/** The models in a list that needs no key, read without one; null when it cannot be read. */
export async function readPublicModels(test: ProbeTest, list: Target): Promise<ModelList | null> {
  const reply = await test.sendOnce(get(list))
  return reply.kind === 'failure' || reply.httpStatus !== 200 ? null : readModels(reply.json, test.scrubber)
}

/** A good finding with the models of a public list added; every other one as it is. */
export async function withPublicModels(test: ProbeTest, finding: Finding, list: Target): Promise<Finding> {
  return finding.kind === 'success' || finding.kind === 'unproven' ? { ...finding, models: await readPublicModels(test, list) } : finding
}
