import { inSpan } from '../../tracing/span.ts'
import type { CallContext, OutboundDeps } from '../client/call-context.ts'
import { LIMITS, startDeadline } from '../client/deadline.ts'
import { headerNameProblem, headerValueProblem, type NetworkSettings } from '../client/network-settings.ts'
import { BLOCKED_MESSAGE, mayBeDialled, parseTarget, type Target } from '../client/target.ts'
import { typeFor } from '../vendors/authorize.ts'
import { belowBase, cleanBase } from '../vendors/base-url.ts'
import type { Verdict } from '../vendors/connection-status.ts'
import { type Credential, credentialProblem } from '../vendors/credential.ts'
import type { Probe } from '../vendors/probe.ts'
import { probeOf } from '../vendors/probe-registry.ts'
import type { ProviderType } from '../vendors/provider-type.ts'
import { presetByHost, presetByName, type VendorPreset } from '../vendors/vendor-presets.ts'
import { openTest } from './open-test.ts'
import type { Outcome } from './outcome.ts'
import { type ServiceNames, verdict, verdictOf } from './words.ts'

/** What to test: a provider with one of its credentials, or a draft of one. */
export interface ProbeRequest {
  readonly type: ProviderType
  /** Empty for a placeholder without an endpoint. */
  readonly baseUrl: string
  /** The vendor preset that is stored with the provider; null when there is none, and for drafts. */
  readonly vendorPreset: string | null
  /** A path below the base URL, or a URL that begins as it does, that lists models in place of the usual one. */
  readonly modelsPath?: string | null
  /** How the key travels: `DEFAULT` as the type does it, `BEARER`, or the name of a header. */
  readonly authentication?: string
  readonly credential: Credential
  readonly network: NetworkSettings
}

/**
 * Tests one credential against its upstream. Whatever the upstream does is an outcome; it throws only when a secret cannot be
 * revealed. Takes at most the provider's timeout, and at most 10 seconds.
 * @param left Ends the call when whoever asked for it has left.
 */
export async function probeConnection(request: ProbeRequest, deps: OutboundDeps, left: AbortSignal = NEVER): Promise<Outcome> {
  const startedAt = performance.now()
  const attributes = { 'gateway.provider.type': request.type }
  const result = await inSpan('connection test', { attributes }, async (span) => {
    const judged = await test(request, deps, left)
    span.setAttribute('gateway.connection.status', judged.status)
    return judged
  })
  return { ...result, durationMs: Math.round(performance.now() - startedAt) }
}

/** Of a caller that stays. */
const NEVER = new AbortController().signal

async function test(request: ProbeRequest, deps: OutboundDeps, left: AbortSignal): Promise<Verdict> {
  const parsed = parseTarget(request.baseUrl)
  const problem = settingsProblem(request, deps, parsed)
  if (problem !== null) return problem
  // The problem is told above; this is for the type alone.
  if (parsed.kind !== 'target') return verdict('BLOCKED_ADDRESS', parsed.issue, null)
  const { network, credential } = request
  const base = cleanBase(parsed.target)
  // A path that leaves the base is not followed; the usual list is asked then.
  const modelsTarget = request.modelsPath ? belowBase(base, request.modelsPath) : null
  const type = typeFor(request.type, credential)
  const probe = probeOf(type)
  const preset = type === 'OPENAI_COMPAT' ? presetOf(request.vendorPreset, request.baseUrl) : null
  const context: CallContext = {
    origin: base.origin,
    vendorOrigins: probe.vendorOrigins?.(base, credential, preset) ?? [],
    network,
    deps,
    deadline: startDeadline(Math.min(network.timeoutMs, LIMITS.wholeTestMs), left),
  }
  const isVendorHost = base.isSecure && probe.vendorHost.test(base.hostname)
  const rules = { type, base, preset, authentication: request.authentication ?? 'DEFAULT' }
  const { probeTest, scrubber } = openTest({ rules, context, credential, isVendorHost, modelsTarget })
  const finding = await probe.run(probeTest)
  return verdictOf(finding, { names: namesOf(probe, preset, base, isVendorHost), scrubber })
}

/** What rules a test out before anything is sent; null when nothing does. */
function settingsProblem(
  { baseUrl, credential, network, authentication = 'DEFAULT' }: ProbeRequest,
  deps: OutboundDeps,
  parsed: ReturnType<typeof parseTarget>,
): Verdict | null {
  if (baseUrl.trim() === '') return verdict('NOT_TESTABLE', 'The provider has no endpoint. Give it a base URL to test it.', null)
  if (parsed.kind === 'invalid') return verdict('BLOCKED_ADDRESS', parsed.issue, null)
  if (parsed.kind === 'repair') {
    const { hostname, port } = parsed.target
    const mayDial = mayBeDialled(hostname, port, deps.policy, network.allowPrivateNetwork)
    return verdict('BLOCKED_ADDRESS', mayDial ? parsed.issue : BLOCKED_MESSAGE, null)
  }
  const problem = credentialProblem(credential)
  if (problem !== null) {
    const text = `The key cannot be sent in an HTTP header: ${problem}. Copy the key again, without anything around it.`
    return verdict('UNAUTHORIZED', text, null)
  }
  const isBroken = network.extraHeaders.some(({ name, value }) => headerNameProblem(name) !== null || headerValueProblem(value) !== null)
  if (!isBroken && headerNameProblem(authentication) === null) return null
  return verdict(
    'NOT_TESTABLE',
    'An extra header of the provider cannot be sent. Correct its name or its value in the network settings.',
    null,
  )
}

/** The vendor whose host this is; on any other host, the one that the provider was made for. */
function presetOf(stored: string | null, baseUrl: string): VendorPreset | null {
  return presetByHost(baseUrl) ?? (stored === null ? null : presetByName(stored))
}

/** On a host that is not the vendor's own, someone else answers: they are not called by the vendor's name, nor is its page named. */
function namesOf({ info }: Probe, preset: VendorPreset | null, { hostname, isSecure }: Target, isVendorHost: boolean): ServiceNames {
  if (preset === null) {
    const displayName = isVendorHost ? info.displayName : 'the provider'
    return { displayName, keyPageUrl: isVendorHost ? info.keyPageUrl : null, exampleBaseUrl: info.defaultBaseUrl }
  }
  const isOwn = isSecure && preset.hosts.includes(hostname)
  const displayName = isOwn || preset.hosts.length === 0 ? preset.displayName : 'the provider'
  return { displayName, keyPageUrl: isOwn ? preset.keyPageUrl : null, exampleBaseUrl: preset.defaultBaseUrl }
}
