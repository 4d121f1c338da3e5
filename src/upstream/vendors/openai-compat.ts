import type { UpstreamResponse } from '../client/messages.ts'
import { under, withVersion } from './base-url.ts'
import { type Finding, notTestable } from './judgement.ts'
import { elsewhere, isOwnHost, type KeyRoute, modelListRoute, routeFor } from './key-route.ts'
import { bearer, get, postJson } from './openai-api.ts'
import { hasCredential, mayHaveNoList, type Probe, type ProbeTest } from './probe.ts'
import { readPublicModels, withPublicModels } from './public-models.ts'
import type { PresetAuthentication, VendorPreset } from './vendor-presets.ts'

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
  keyHeaders: (key, { preset }) => presetHeaders(key, preset?.authentication ?? 'bearer'),
  vendorOrigins: (base, _credential, preset) => [elsewhere(base, preset)].flatMap((target) => (target === null ? [] : [target.origin])),
  async run(test) {
    const { base, preset } = test
    const own = preset !== null && isOwnHost(base, preset) ? preset : null
    if (own?.probe.kind === 'unverifiable') return unverifiable(test, own)
    if (hasCredential(test)) return tryRoutes(test, routeFor(test), own)
    if (own?.needsKey) return notTestable(`${own.displayName} wants a key and none is stored. Add one to test it.`)
    return tryWithoutKey(test, routeFor(test))
  },
}

function presetHeaders(key: string, authentication: PresetAuthentication): Readonly<Record<string, string>> {
  switch (authentication) {
    case 'bearer':
      return bearer(key)
    case 'token':
      return { authorization: `Token ${key}` }
    case 'raw':
      return { authorization: key }
    case 'xi-api-key':
      return { 'xi-api-key': key }
  }
}

async function tryRoutes(test: ProbeTest, route: KeyRoute, own: VendorPreset | null): Promise<Finding> {
  const listing = await tryRoute(test, route)
  // A key that was tried on another host of the vendor says nothing about models; the public list on this one does.
  if (route.target.origin !== test.base.origin) return withPublicModels(test, listing, modelListRoute(test).target)
  if (own !== null ? !isMissing(listing) : !mayHaveNoList(listing)) return listing
  if (route.isModelList) return tryImpossibleChat(test, listing)
  // The vendor's special route is missing on a host that is not the vendor's: it may be a relay that speaks OpenAI's API.
  return own !== null ? listing : tryRoute(test, modelListRoute(test))
}

function isMissing(finding: Finding): boolean {
  return finding.kind === 'refusal' && finding.cause === 'ROUTE'
}

function tryRoute(test: ProbeTest, { target, headers, judge }: KeyRoute): Promise<Finding> {
  return test.tryKey({ request: get(target, headers), judge, needsControl: true })
}

function tryImpossibleChat(test: ProbeTest, listing: Finding): Promise<Finding> {
  const target = under(withVersion(test.base, 'v1'), 'chat/completions')
  return test.tryRefusedCall({ request: postJson(target, IMPOSSIBLE_CHAT), listing })
}

/** A chat without messages with a model that does not exist: refused, and free, wherever it lands. */
const IMPOSSIBLE_CHAT = { model: 'connection-test-no-such-model', max_tokens: 1, messages: [] }

async function tryWithoutKey(test: ProbeTest, { target, headers, judge }: KeyRoute): Promise<Finding> {
  const reply = await test.send(get(target, headers))
  if (reply.kind === 'failure') return reply
  const judged = judge(reply)
  return judged.kind === 'success'
    ? { ...judged, kind: 'unproven', why: 'It needs no key, and none is stored.' }
    : withoutKey(judged, reply)
}

/** Who gives no key is told to give one, not that theirs was refused. */
function withoutKey(judged: Finding, response: UpstreamResponse): Finding {
  const wantsKey = judged.kind === 'refusal' && (judged.cause === 'KEY' || judged.cause === 'PERMISSION')
  return wantsKey ? { kind: 'refusal', cause: 'KEY_MISSING', response, hint: '' } : judged
}

/** A vendor without a free route that needs a key: any verdict would be made up, so the key is not sent at all. */
async function unverifiable(test: ProbeTest, preset: VendorPreset): Promise<Finding> {
  const models = await readPublicModels(test, modelListRoute(test).target)
  const reason = `${preset.displayName} has no free call that needs a key, so a key cannot be tested without cost. Send a real request to be sure.`
  return notTestable(reason, models)
}
