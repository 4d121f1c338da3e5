import { under, withVersion } from '../endpoint-url.ts'
import { bearer, get, judgeOpenAiList, judgeOpenAiRefusal, postJson } from '../openai-api.ts'
import type { Probe, ProbeTest, Verdict } from '../probe.ts'
import { testRefusedCall } from '../refused-call.ts'
import { testKey } from '../test-key.ts'
import { failed, judgeStatus, keyMissing, reachable } from '../verdict.ts'

/** Anything that speaks OpenAI's API. A list of models may be open to anyone, so a random key is always tried too. */
export const openaiCompat: Probe = {
  info: {
    type: 'OPENAI_COMPAT',
    displayName: 'OpenAI-compatible',
    defaultBaseUrl: null,
    acceptsApiKeys: true,
    documentationUrl: 'https://platform.openai.com/docs/api-reference',
    keyPageUrl: null,
  },
  vendorHost: /^$/,
  async run(test) {
    return test.credential.kind === 'apiKey' ? runWithKey(test, test.credential.apiKey.reveal()) : runWithoutKey(test)
  },
}

async function runWithKey(test: ProbeTest, key: string): Promise<Verdict> {
  const base = withVersion(test.base, 'v1')
  const listing = await testKey(test, key, {
    request: (candidate) => get(under(base, 'models'), bearer(candidate)),
    judge: (answer) => judgeOpenAiList(answer, test),
    needsControl: true,
  })
  if (listing.status !== 'NOT_FOUND') return listing
  return testRefusedCall(test, key, {
    request: (candidate) => postJson(under(base, 'chat/completions'), bearer(candidate), IMPOSSIBLE_CHAT),
    judgeRefusal: (answer) => judgeOpenAiRefusal(answer, test) ?? judgeStatus(answer, test),
    listing,
  })
}

/** A chat without messages with a model that does not exist: refused, and free, wherever it lands. */
const IMPOSSIBLE_CHAT = { model: 'connection-test-no-such-model', max_tokens: 1, messages: [] }

async function runWithoutKey(test: ProbeTest): Promise<Verdict> {
  const reply = await test.send(get(under(withVersion(test.base, 'v1'), 'models'), {}))
  if (reply.kind === 'failure') return failed(reply)
  if (reply.httpStatus === 401 || reply.httpStatus === 403) return keyMissing(reply, test)
  const verdict = judgeOpenAiList(reply, test)
  return verdict.status === 'OK' ? reachable(reply.httpStatus, verdict.models, 'It needs no key, and none is stored.') : verdict
}
