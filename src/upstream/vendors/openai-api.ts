import type { Answer, UpstreamRequest } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import { at, errorText, textAt } from './json.ts'
import { readModelNames } from './model-list.ts'
import { judgeStatus, keyRefused, keyWorks, lacksPermission, rateLimited, type Wording, wrongShape } from './verdict.ts'

/** The header that OpenAI and those who copy it authenticate by. */
export function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` }
}

/** A GET that carries these headers. */
export function get(url: URL, headers: Readonly<Record<string, string>>): UpstreamRequest {
  return { method: 'GET', url, headers }
}

/** A POST of a JSON document. */
export function postJson(url: URL, headers: Readonly<Record<string, string>>, document: unknown): UpstreamRequest {
  return { method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(document) }
}

/** What an answer to `GET …/models` of an OpenAI-like API means. */
export function judgeOpenAiList(answer: Answer, wording: Wording): Verdict {
  const special = judgeOpenAiRefusal(answer, wording) ?? judgeStatus(answer, wording)
  if (special) return special
  const models = readModelNames(answer.json, wording.scrubber)
  return models === null ? wrongShape(answer) : keyWorks(answer.httpStatus, models)
}

/** Refusals that OpenAI-like APIs word in a way that their status alone does not tell; null for all others. */
export function judgeOpenAiRefusal(answer: Answer, wording: Wording): Verdict | null {
  const { httpStatus, json } = answer
  const text = errorText(json)
  if ((httpStatus === 401 || httpStatus === 403) && /missing scopes/i.test(text)) return lacksPermission(answer, wording, SCOPE_HINT)
  // xAI and some relays answer 400 to a wrong key.
  if (httpStatus === 400 && (/incorrect api key|invalid api key/i.test(text) || codeOf(json) === 'invalid_api_key')) {
    return keyRefused(answer, wording)
  }
  if (httpStatus === 429 && codeOf(json) === 'insufficient_quota') {
    return rateLimited(answer, wording, `The account's quota is used up: check its plan and billing with ${wording.names.displayName}.`)
  }
  return null
}

const SCOPE_HINT = 'Allow it to list models ("Models: read"), or test it with a real request.'

function codeOf(json: unknown): string {
  return textAt(json, 'error', 'code') || textAt(json, 'error', 'type') || String(at(json, 'code') ?? '')
}
