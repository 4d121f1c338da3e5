import { NOTHING_ALLOWED, type OutboundAllow } from '../../../src/upstream/client/address-policy.ts'
import type { OutboundDeps } from '../../../src/upstream/client/call-context.ts'
import { DEFAULT_NETWORK } from '../../../src/upstream/client/network-settings.ts'
import type { ProbeRequest } from '../../../src/upstream/test/probe-connection.ts'
import type { Credential, Revealable } from '../../../src/upstream/vendors/credential.ts'

export const LOOPBACK_ALLOWED: OutboundAllow = { ...NOTHING_ALLOWED, loopback: true }

/** Dependencies for tests: loopback is open, no name resolves but `localhost`, no proxy. */
export function outboundDeps(overrides: Partial<OutboundDeps> = {}): OutboundDeps {
  return {
    policy: { allow: LOOPBACK_ALLOWED, never: [] },
    resolve: async (hostname) => (hostname === 'localhost' ? ['127.0.0.1'] : []),
    proxyEnvironment: { httpsProxy: null, httpProxy: null, noProxy: null },
    ...overrides,
  }
}

export const revealable = (text: string): Revealable => ({ reveal: () => text })
export const apiKey = (text: string): Credential => ({ kind: 'apiKey', apiKey: revealable(text) })

/** A request with the usual settings. */
export function probeRequest(request: Pick<ProbeRequest, 'type' | 'baseUrl'> & Partial<ProbeRequest>): ProbeRequest {
  return { vendorPreset: null, credential: { kind: 'none' }, network: DEFAULT_NETWORK, ...request }
}
