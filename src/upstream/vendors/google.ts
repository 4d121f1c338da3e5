import type { Target } from '../client/target.ts'
import { under, withVersion } from './base-url.ts'
import { isRecord } from './json.ts'
import { notTestable } from './judgement.ts'
import { bearer, get, judgeBy, judgeList, postJson } from './openai-api.ts'
import { hasCredential, type KeyTrial, NO_KEY, type Probe, type ProbeTest } from './probe.ts'

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
  // A header, never `?key=`: addresses end up in logs. OAuth tokens and the OpenAI mode use the usual one.
  keyHeaders: (key, { base, target }) =>
    isOpenAiMode(base) || isOpenAiCall(target) || (isVertex(base) && key.startsWith('ya29.')) ? bearer(key) : { 'x-goog-api-key': key },
  async run(test) {
    if (!hasCredential(test)) return notTestable(NO_KEY)
    return test.tryKey({ ...trialFor(test), needsControl: !test.isVendorHost || test.modelsTarget !== null })
  },
}

function isOpenAiMode({ path }: Target): boolean {
  return path.endsWith('/openai')
}

/** Google's OpenAI mode is below the path of its own API. */
function isOpenAiCall({ path }: Target): boolean {
  return /\/openai(?:\/|$)/.test(path)
}

function isVertex({ hostname }: Target): boolean {
  return /(?:^|-)aiplatform\.googleapis\.com$/.test(hostname)
}

/** Where Vertex AI is in a region; null for a text that is none, since it becomes part of a host's name. */
export function vertexOrigin(region: string): string | null {
  if (!/^[a-z]+(?:-[a-z]+)*\d{0,2}$/.test(region)) return null
  return `https://${region === 'global' ? '' : `${region}-`}aiplatform.googleapis.com`
}

function trialFor(test: ProbeTest): Pick<KeyTrial, 'request' | 'judge'> {
  if (isVertex(test.base)) return vertexTrial(test)
  const usual = isOpenAiMode(test.base)
    ? under(test.base, 'models')
    : under(withVersion(test.base, 'v1beta'), 'models', { pageSize: '1000' })
  return { request: get(test.modelsTarget ?? usual), judge: (response) => judgeList(response, test.scrubber) }
}

/** Vertex AI lists no models to a key; counting the tokens of one word is free and needs the same rights as generating. */
function vertexTrial({ base }: ProbeTest): Pick<KeyTrial, 'request' | 'judge'> {
  const word = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }
  return {
    request: postJson(under(withVersion(base, 'v1'), 'publishers/google/models/gemini-2.5-flash:countTokens'), word),
    judge: (response) => judgeBy(response, (json) => isRecord(json) && 'totalTokens' in json),
  }
}
