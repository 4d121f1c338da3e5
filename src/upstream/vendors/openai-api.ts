import type { UpstreamRequest, UpstreamResponse } from '../client/messages.ts'
import type { Target } from '../client/target.ts'
import { judgeResponse } from './judge.ts'
import { type Judgement, refusal, success } from './judgement.ts'
import { MAX_LIST_BYTES, readModels } from './model-list.ts'
import type { Scrubber } from './scrub.ts'

/** The header that OpenAI and those who copy it authenticate by. */
export function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` }
}

/** A GET, whose response may be a long list. */
export function get(target: Target, headers: Readonly<Record<string, string>> = {}): UpstreamRequest {
  return { method: 'GET', target, headers, maxBodyBytes: MAX_LIST_BYTES }
}

/** A POST of a JSON document. */
export function postJson(target: Target, document: unknown): UpstreamRequest {
  return { method: 'POST', target, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) }
}

/** What a response to a request for a list of models means. */
export function judgeList(response: UpstreamResponse, scrubber: Scrubber, note = ''): Judgement {
  const refused = judgeResponse(response)
  if (refused) return refused
  const models = readModels(response.json, scrubber)
  return models === null ? refusal('SHAPE', response) : success(response, models, note)
}

/** What a response means whose success is told by something else than a list of models. */
export function judgeBy(response: UpstreamResponse, isExpected: (json: unknown) => boolean): Judgement {
  const refused = judgeResponse(response)
  if (refused) return refused
  return isExpected(response.json) ? success(response, null) : refusal('SHAPE', response)
}
