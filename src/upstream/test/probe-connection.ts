import { inSpan } from '../../tracing/span.ts'
import type { OutboundDeps, Session } from '../client/call-context.ts'
import { LIMITS, startDeadline } from '../client/deadline.ts'
import { headerNameProblem, headerValueProblem, isAuthenticationHeader, type NetworkSettings } from '../client/network-settings.ts'
import { send, sendOnce } from '../client/send.ts'
import { parseTarget, type Target } from '../client/target.ts'
import type { Verdict } from '../vendors/connection-status.ts'
import { type Credential, headerProblem, secretsOf } from '../vendors/credential.ts'
import { cleanBase, withinOrigin } from '../vendors/endpoint-url.ts'
import type { Probe, ProbeTest, Sender, ServiceNames } from '../vendors/probe.ts'
import { probeOf } from '../vendors/probe-registry.ts'
import type { ProviderType } from '../vendors/provider-type.ts'
import { createScrubber } from '../vendors/scrub.ts'
import { presetByHost, presetByName, type VendorPreset } from '../vendors/vendor-presets.ts'
import { blockedAddress, notTestable, unsendableKey } from '../vendors/verdict.ts'
import type { Outcome } from './outcome.ts'
import { tryKey } from './try-key.ts'
import { tryRefusedCall } from './try-refused-call.ts'

/** What to test: a provider with one of its credentials, or a draft of one. */
export interface ProbeRequest {
  readonly type: ProviderType
  /** Empty for a placeholder without an endpoint. */
  readonly baseUrl: string
  /** The vendor preset that is stored with the provider; null when there is none, and for drafts. */
  readonly vendorPreset: string | null
  /** A path below the base URL, or a URL of its origin, that lists models in place of the usual one. */
  readonly modelsPath?: string | null
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
  const verdict = await inSpan('connection test', { attributes }, async (span) => {
    const judged = await judge(request, deps, left)
    span.setAttribute('gateway.connection.status', judged.status)
    return judged
  })
  return { ...verdict, durationMs: Math.round(performance.now() - startedAt) }
}

/** Of a caller that stays. */
const NEVER = new AbortController().signal

async function judge(request: ProbeRequest, deps: OutboundDeps, left: AbortSignal): Promise<Verdict> {
  const { network, credential } = request
  // An Anthropic provider may hold Bedrock settings: then Bedrock is what its credential opens.
  const probe = probeOf(credential.kind === 'aws' ? 'BEDROCK' : request.type)
  if (request.baseUrl.trim() === '') return notTestable('The provider has no endpoint. Give it a base URL to test it.')
  const parsed = parseTarget(request.baseUrl.trim())
  if (parsed.kind === 'invalid') return blockedAddress(parsed.issue)
  const problem = credential.kind === 'apiKey' ? headerProblem(credential.apiKey.reveal()) : null
  if (problem !== null) return unsendableKey(problem)
  const broken = network.extraHeaders.find(({ name, value }) => headerNameProblem(name) !== null || headerValueProblem(value) !== null)
  if (broken) return notTestable('An extra header of the provider cannot be sent. Correct its name or its value in the network settings.')
  const session: Session = {
    origin: parsed.target.url.origin,
    network,
    deps,
    deadline: startDeadline(Math.min(network.timeoutMs, LIMITS.wholeTestMs), left),
  }
  return probe.run(testOf(request, probe, parsed.target, session))
}

function testOf(request: ProbeRequest, probe: Probe, target: Target, session: Session): ProbeTest {
  const preset = probe.info.type === 'OPENAI_COMPAT' ? presetOf(request.vendorPreset, target) : null
  const isVendorHost = target.isSecure && probe.vendorHost.test(target.hostname)
  const sender: Sender = { send: (call) => send(call, session), sendOnce: (call) => sendOnce(call, session) }
  return {
    ...sender,
    base: cleanBase(target.url),
    credential: request.credential,
    preset,
    names: namesOf(probe, preset, isVendorHost),
    isVendorHost,
    modelsUrl: request.modelsPath ? withinOrigin(cleanBase(target.url), request.modelsPath) : null,
    scrubber: createScrubber([...secretsOf(request.credential), ...networkSecrets(request.network)]),
    tryKey: (key, trial) => tryKey(sender, key, trial),
    tryRefusedCall: (key, call) => tryRefusedCall(sender, key, call),
  }
}

/** The vendor whose host this is; on any other host, the one that the provider was made for. */
function presetOf(stored: string | null, target: Target): VendorPreset | null {
  return presetByHost(target.url.href) ?? (stored === null ? null : presetByName(stored))
}

/** On a host that is not the vendor's own, someone else answers: they are not called by the vendor's name. */
function namesOf({ info }: Probe, preset: VendorPreset | null, isVendorHost: boolean): ServiceNames {
  if (preset) return { displayName: preset.displayName, keyPageUrl: preset.keyPageUrl, exampleBaseUrl: preset.defaultBaseUrl }
  const displayName = isVendorHost ? info.displayName : 'the provider'
  return { displayName, keyPageUrl: info.keyPageUrl, exampleBaseUrl: info.defaultBaseUrl }
}

function networkSecrets(network: NetworkSettings): string[] {
  const headers = network.extraHeaders.flatMap(({ name, value }) => (isAuthenticationHeader(name) ? [value] : []))
  return network.proxy?.password ? [...headers, network.proxy.password] : headers
}
