import type { Verdict } from './connection-status.ts'
import { under, withVersion } from './endpoint-url.ts'
import { get, judgeOpenAiRefusal, postJson } from './openai-api.ts'
import { isOwnHost, keyHeader, modelListRoute, type Route, routeFor } from './preset-route.ts'
import type { Probe, ProbeTest } from './probe.ts'
import { readPublicModels, withPublicModels } from './public-models.ts'
import { failed, judgeStatus, keyMissing, notTestable, reachable } from './verdict.ts'

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
  // Nobody's own host: the vendors behind this type are told by their presets.
  vendorHost: /^$/,
  async run(test) {
    const { preset, credential } = test
    const isOwn = preset !== null && isOwnHost(test.base, preset)
    if (isOwn && preset.probe.kind === 'unverifiable') return unverifiable(test)
    if (credential.kind === 'apiKey') return runWithKey(test, credential.apiKey.reveal(), routeFor(test))
    if (isOwn && preset.needsKey) return notTestable(`${preset.displayName} wants a key and none is stored. Add one to test it.`)
    return runWithoutKey(test, routeFor(test))
  },
}

async function runWithKey(test: ProbeTest, key: string, route: Route): Promise<Verdict> {
  const listing = await tryRoute(test, key, route)
  // A key that was tried on another host of the vendor says nothing about models; the public list on this one does.
  if (route.url.origin !== test.base.origin) return withPublicModels(test, listing, modelListRoute(test).url)
  if (listing.status !== 'NOT_FOUND') return listing
  if (route.isModelList) return tryImpossibleChat(test, key, listing)
  // The vendor's special route is missing on a host that is not the vendor's: it may be a relay that speaks OpenAI's API.
  return test.preset && isOwnHost(test.base, test.preset) ? listing : tryRoute(test, key, modelListRoute(test))
}

function tryRoute(test: ProbeTest, key: string, route: Route): Promise<Verdict> {
  return test.tryKey(key, {
    request: (candidate) => get(route.url, { ...route.headers, ...authentication(test, candidate) }),
    judge: (answer) => route.judge(answer),
    needsControl: true,
  })
}

function tryImpossibleChat(test: ProbeTest, key: string, listing: Verdict): Promise<Verdict> {
  const url = under(withVersion(test.base, 'v1'), 'chat/completions')
  return test.tryRefusedCall(key, {
    request: (candidate) => postJson(url, authentication(test, candidate), IMPOSSIBLE_CHAT),
    judgeRefusal: (answer) => judgeOpenAiRefusal(answer, test) ?? judgeStatus(answer, test),
    listing,
  })
}

function authentication({ preset }: ProbeTest, key: string): Readonly<Record<string, string>> {
  return keyHeader(key, preset?.authentication ?? 'bearer')
}

/** A chat without messages with a model that does not exist: refused, and free, wherever it lands. */
const IMPOSSIBLE_CHAT = { model: 'connection-test-no-such-model', max_tokens: 1, messages: [] }

async function runWithoutKey(test: ProbeTest, route: Route): Promise<Verdict> {
  const reply = await test.send(get(route.url, route.headers))
  if (reply.kind === 'failure') return failed(reply)
  if (reply.httpStatus === 401 || reply.httpStatus === 403) return keyMissing(reply, test)
  const verdict = route.judge(reply)
  return verdict.status === 'OK' ? reachable(reply.httpStatus, verdict.models, 'It needs no key, and none is stored.') : verdict
}

/** A vendor without a free route that needs a key: any verdict would be made up, so the key is not sent at all. */
async function unverifiable(test: ProbeTest): Promise<Verdict> {
  const models = await readPublicModels(test, modelListRoute(test).url)
  const reason = `${test.names.displayName} has no free call that needs a key, so a key cannot be tested without cost. Send a real request to be sure.`
  return notTestable(reason, { models })
}
