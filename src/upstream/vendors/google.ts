import type { Answer } from '../client/messages.ts'
import type { Verdict } from './connection-status.ts'
import { under, withVersion } from './endpoint-url.ts'
import { at, errorText, isRecord, textAt } from './json.ts'
import { readModelNames } from './model-list.ts'
import { bearer, get, judgeOpenAiList, postJson } from './openai-api.ts'
import type { KeyTrial, Probe, ProbeTest } from './probe.ts'
import { judgeStatus, keyRefused, keyWorks, lacksPermission, notTestable, type Wording, wrongShape } from './verdict.ts'

/** Google: `GET /v1beta/models` is free. It answers a wrong key with 400, not 401. */
export const google: Probe = {
  info: {
    type: 'GOOGLE',
    displayName: 'Google',
    defaultBaseUrl: 'https://generativelanguage.googleapis.com',
    acceptsApiKeys: true,
    documentationUrl: 'https://ai.google.dev/api',
    keyPageUrl: 'https://aistudio.google.com/apikey',
  },
  vendorHost: /^(?:generativelanguage|(?:[a-z0-9-]+-)?aiplatform)\.googleapis\.com$/,
  async run(test) {
    if (test.credential.kind !== 'apiKey') return notTestable('No API key is stored for this provider. Add one to test it.')
    const key = test.credential.apiKey.reveal()
    return test.tryKey(key, { ...trialFor(test), needsControl: !test.isVendorHost })
  },
}

function trialFor(test: ProbeTest): Pick<KeyTrial, 'request' | 'judge'> {
  if (test.base.pathname.endsWith('/openai')) {
    const url = under(test.base, 'models')
    return { request: (key) => get(url, bearer(key)), judge: (answer) => judgeGoogleRefusal(answer, test) ?? judgeOpenAiList(answer, test) }
  }
  if (test.base.hostname.endsWith('aiplatform.googleapis.com')) return vertexTrial(test)
  const url = under(withVersion(test.base, 'v1beta'), 'models', { pageSize: '1000' })
  return { request: (key) => get(url, googleKey(key)), judge: (answer) => judgeList(answer, test) }
}

/** Vertex AI lists no models to a key; counting the tokens of one word is free and needs the same rights as generating. */
function vertexTrial(test: ProbeTest): Pick<KeyTrial, 'request' | 'judge'> {
  const url = under(withVersion(test.base, 'v1'), 'publishers/google/models/gemini-2.5-flash:countTokens')
  const word = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }
  return {
    request: (key) => postJson(url, key.startsWith('ya29.') ? bearer(key) : googleKey(key), word),
    judge: (answer) => {
      const refusal = judgeGoogleRefusal(answer, test) ?? judgeStatus(answer, test)
      if (refusal) return refusal
      return isRecord(answer.json) && 'totalTokens' in answer.json ? keyWorks(answer.httpStatus, []) : wrongShape(answer)
    },
  }
}

/** A header, never `?key=`: addresses end up in logs. */
function googleKey(key: string): Readonly<Record<string, string>> {
  return { 'x-goog-api-key': key }
}

function judgeList(answer: Answer, test: ProbeTest): Verdict {
  const refusal = judgeGoogleRefusal(answer, test) ?? judgeStatus(answer, test)
  if (refusal) return refusal
  const models = readModelNames(answer.json, test.scrubber)
  return models === null ? wrongShape(answer) : keyWorks(answer.httpStatus, models)
}

/** Refusals that Google tells by a reason and not by the status; null for all others. */
function judgeGoogleRefusal(answer: Answer, wording: Wording): Verdict | null {
  const { httpStatus, json } = answer
  const reasons = reasonsIn(json)
  const text = errorText(json)
  if (httpStatus === 400 && (reasons.includes('API_KEY_INVALID') || /api key not valid|api key expired/i.test(text))) {
    return keyRefused(answer, wording)
  }
  if (httpStatus === 403 && /reported as leaked/i.test(text)) return keyRefused(answer, wording, 'Google has seen it published.')
  if (httpStatus === 403 && reasons.includes('SERVICE_DISABLED')) {
    return lacksPermission(answer, wording, "Enable the Generative Language API in the key's Google Cloud project.")
  }
  if (httpStatus === 403 && reasons.some((reason) => reason.startsWith('API_KEY_') && reason.endsWith('_BLOCKED'))) {
    return lacksPermission(answer, wording, "The key's restrictions (API, IP address or referrer) exclude this gateway.")
  }
  const isElsewhere = httpStatus === 400 && textAt(errorOf(json), 'status') === 'FAILED_PRECONDITION' && /location/i.test(text)
  return isElsewhere ? lacksPermission(answer, wording, 'Google does not serve the region that the gateway calls from.') : null
}

/** The OpenAI mode wraps its error in an array. */
function errorOf(json: unknown): unknown {
  return at(json, 'error') ?? at(json, 0, 'error')
}

function reasonsIn(json: unknown): readonly string[] {
  const details = at(errorOf(json), 'details')
  return Array.isArray(details) ? details.map((detail) => textAt(detail, 'reason')) : []
}
