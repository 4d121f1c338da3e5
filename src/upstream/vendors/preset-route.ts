import type { Answer } from '../client/messages.ts'
import { bareHostname } from '../client/target.ts'
import type { Verdict } from './connection-status.ts'
import { fromRoot, hasVersion, under, withVersion } from './endpoint-url.ts'
import { at, isRecord, textAt } from './json.ts'
import { bearer, judgeOpenAiList, judgeOpenAiRefusal } from './openai-api.ts'
import type { ProbeTest } from './probe.ts'
import type { PresetAuthentication, PresetProbe, VendorPreset } from './vendor-presets.ts'
import { judgeStatus, keyRefused, keyWorks, lacksCredit, lacksPermission, wrongShape } from './verdict.ts'

/** The request that tries a key on an OpenAI-like endpoint, and what an answer means. */
export interface Route {
  readonly url: URL
  /** Headers without the key. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether this is the list of models that every OpenAI-like API has. */
  readonly isModelList: boolean
  judge(answer: Answer): Verdict
}

/** Whether the base URL is on the vendor's own host, where its documented routes can be relied on. */
export function isOwnHost(base: URL, preset: VendorPreset): boolean {
  return base.protocol === 'https:' && preset.hosts.includes(bareHostname(base.hostname))
}

/** Where a key is tried. A vendor's special route is used on its own host, and behind a proxy that keeps the vendor's paths. */
export function routeFor(test: ProbeTest): Route {
  const { base, preset } = test
  if (preset === null) return modelListRoute(test)
  const { probe } = preset
  switch (probe.kind) {
    case 'account':
      // Someone who runs Ollama behind `/v1` uses its OpenAI mode, and that is what has to work.
      return preset.hosts.length === 0 && hasVersion(base) ? modelListRoute(test) : accountRoute(test, preset, probe)
    case 'elsewhere':
      return isOwnHost(base, preset) ? fieldRoute(test, new URL(probe.url), probe.expect) : modelListRoute(test)
    case 'models':
    case 'unverifiable':
      return modelListRoute(test)
  }
}

/** The list of models that every OpenAI-like API has. */
export function modelListRoute(test: ProbeTest): Route {
  return {
    url: test.modelsUrl ?? under(withVersion(test.base, 'v1'), 'models'),
    headers: {},
    isModelList: true,
    judge: (answer) => judgeQuirks(answer, test) ?? judgeOpenAiList(answer, test),
  }
}

/** The header that carries the key. */
export function keyHeader(key: string, authentication: PresetAuthentication): Readonly<Record<string, string>> {
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

type AccountProbe = Extract<PresetProbe, { kind: 'account' }>

function accountRoute(test: ProbeTest, preset: VendorPreset, probe: AccountProbe): Route {
  const url = isOwnHost(test.base, preset) ? fromRoot(test.base, probe.path) : overlapping(test.base, probe.path)
  return { ...fieldRoute(test, url, probe.expect), headers: probe.headers }
}

/** A route whose good answer has a certain field; a `models` field is a list of models. */
function fieldRoute(test: ProbeTest, url: URL, expect: string): Route {
  const judge = (answer: Answer) => {
    const refusal = judgeQuirks(answer, test) ?? judgeOpenAiRefusal(answer, test) ?? judgeStatus(answer, test)
    if (refusal) return refusal
    if (expect === 'models') return judgeOpenAiList(answer, test)
    const isGood = expect === '' ? Array.isArray(answer.json) : isRecord(answer.json) && expect in answer.json
    return isGood ? keyWorks(answer.httpStatus, []) : wrongShape(answer)
  }
  return { url, headers: {}, isModelList: false, judge }
}

/** Refusals in words that only one vendor uses; null for all others. */
function judgeQuirks(answer: Answer, test: ProbeTest): Verdict | null {
  const { json, httpStatus } = answer
  // ElevenLabs answers 401 to a good key that is not allowed to read the account.
  if (httpStatus === 401 && textAt(json, 'detail', 'status') === 'missing_permissions') return lacksPermission(answer, test)
  // MiniMax answers 200 to everything and puts the verdict into the body.
  const minimax = at(json, 'base_resp', 'status_code')
  if (minimax === 1004 || minimax === 2049) return keyRefused(answer, test)
  if (minimax === 1008) return lacksCredit(answer, test)
  // Cloudflare answers 200 to a token that it knows but no longer accepts.
  const cloudflare = textAt(json, 'result', 'status')
  return test.preset?.name === 'cloudflare' && cloudflare !== '' && cloudflare !== 'active' ? keyRefused(answer, test) : null
}

/** Appends a path to a base whose path may already end in the start of it: `/relay/v1` and `/v1/user` give `/relay/v1/user`. */
function overlapping(base: URL, pathAndQuery: string): URL {
  const route = new URL(pathAndQuery, 'http://route')
  const version = route.pathname.slice(0, route.pathname.indexOf('/', 1))
  const rest = base.pathname.endsWith(version) ? route.pathname.slice(version.length) : route.pathname
  return under(base, rest.slice(1), Object.fromEntries(route.searchParams))
}
