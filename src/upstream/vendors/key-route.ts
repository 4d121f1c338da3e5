import type { UpstreamResponse } from '../client/messages.ts'
import { knownTarget, type Target } from '../client/target.ts'
import { fromRoot, hasVersion, under, withVersion } from './base-url.ts'
import { isRecord, textAt } from './json.ts'
import { judgeResponse } from './judge.ts'
import { type Judgement, refusal, success } from './judgement.ts'
import { judgeList } from './openai-api.ts'
import type { ProbeTest } from './probe.ts'
import type { PresetProbe, VendorPreset } from './vendor-presets.ts'

/** Where a key of an OpenAI-like endpoint is tried, and what a response means. */
export interface KeyRoute {
  readonly target: Target
  /** Headers without the key. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether this is the list of models that every OpenAI-like API has. */
  readonly isModelList: boolean
  judge(response: UpstreamResponse): Judgement
}

/** Whether the base URL is on the vendor's own host, where its documented routes can be relied on. */
export function isOwnHost({ isSecure, hostname }: Target, preset: VendorPreset): boolean {
  return isSecure && preset.hosts.includes(hostname)
}

/** Where a vendor's key is tried, when that is not where its API is; null for most. */
export function elsewhere(base: Target, preset: VendorPreset | null): Target | null {
  return preset?.probe.kind === 'elsewhere' && isOwnHost(base, preset) ? knownTarget(preset.probe.url) : null
}

/** Where a key is tried. A vendor's special route is used on its own host, and behind a proxy that keeps the vendor's paths. */
export function routeFor(test: ProbeTest): KeyRoute {
  const { base, preset } = test
  if (preset === null) return modelListRoute(test)
  const { probe } = preset
  switch (probe.kind) {
    case 'account':
      // Someone who runs Ollama behind `/v1` uses its OpenAI mode, and that is what has to work.
      return preset.hosts.length === 0 && hasVersion(base) ? modelListRoute(test) : accountRoute(test, preset, probe)
    case 'elsewhere': {
      const target = elsewhere(base, preset)
      return target === null ? modelListRoute(test) : fieldRoute(test, target, probe.expect)
    }
    case 'models':
    case 'unverifiable':
      return modelListRoute(test)
  }
}

/** The list of models that every OpenAI-like API has. */
export function modelListRoute({ modelsTarget, base, scrubber }: ProbeTest): KeyRoute {
  const target = modelsTarget ?? under(withVersion(base, 'v1'), 'models')
  return { target, headers: {}, isModelList: true, judge: (response) => judgeList(response, scrubber) }
}

type AccountProbe = Extract<PresetProbe, { kind: 'account' }>

function accountRoute(test: ProbeTest, preset: VendorPreset, { path, query, expect, headers }: AccountProbe): KeyRoute {
  const target = isOwnHost(test.base, preset) ? fromRoot(test.base, path, query) : overlapping(test.base, path, query)
  return { ...fieldRoute(test, target, expect), headers }
}

/** A route whose good response has a certain field; a `models` field is a list of models. */
function fieldRoute({ preset, scrubber }: ProbeTest, target: Target, expect: string): KeyRoute {
  const judge = (response: UpstreamResponse): Judgement => {
    if (expect === 'models') return judgeList(response, scrubber)
    const refused = judgeResponse(response)
    if (refused) return refused
    const { json } = response
    // Cloudflare answers 200 to a token that it knows but no longer accepts.
    const status = preset?.name === 'cloudflare' ? textAt(json, 'result', 'status') : ''
    if (status !== '' && status !== 'active') return refusal('KEY', response)
    const isExpected = expect === '' ? Array.isArray(json) : isRecord(json) && expect in json
    return isExpected ? success(response) : refusal('SHAPE', response)
  }
  return { target, headers: {}, isModelList: false, judge }
}

/** Appends a path to a base whose path may already end in the start of it: `/relay/v1` and `v1/user` give `/relay/v1/user`. */
function overlapping(base: Target, path: string, query: Readonly<Record<string, string>>): Target {
  const version = path.slice(0, path.indexOf('/'))
  return under(base, base.path.endsWith(`/${version}`) ? path.slice(version.length + 1) : path, query)
}
