import type { Config } from './config.ts'
import { StartupError } from './errors.ts'
import type { TestDeps } from './providers/test-saved-connection.ts'
import { readUrl } from './read-url.ts'
import { type OutboundPolicy, parseOutboundAllow, type SocketName } from './upstream/client/address-policy.ts'
import type { OutboundDeps, ProxyEnvironment } from './upstream/client/call-context.ts'
import { systemResolve } from './upstream/client/system-resolve.ts'
import { BLOCKED_MESSAGE, checkEndpoint, type EndpointRules, UNSAVABLE_MESSAGE } from './upstream/client/target.ts'
import { createTestLimiter } from './upstream/test/limiter.ts'
import { probeConnection } from './upstream/test/probe-connection.ts'

/** What commands may do to the outside world, under the operator's policy. */
export interface Outbound {
  readonly deps: Pick<TestDeps, 'checkEndpoint' | 'checkProxy' | 'endpointWarning' | 'probe' | 'admitTest' | 'runTests' | 'isTesting'>
  /** What connections to vendors are made with. */
  readonly clientDeps: OutboundDeps
  /** Names a socket of ours that no test may reach. */
  readonly addOwnSocket: (socket: SocketName) => void
}

/** @throws StartupError when OUTBOUND_ALLOW cannot be read. */
export function createUpstream(config: Config): Outbound {
  const parsed = parseOutboundAllow(config.OUTBOUND_ALLOW)
  if (parsed.kind === 'invalid') throw new StartupError(`OUTBOUND_ALLOW cannot be used. ${parsed.issues.join(' ')}`)
  const never: SocketName[] = databaseSockets(config.DATABASE_URL)
  const policy: OutboundPolicy = { allow: parsed.allow, never }
  // What is saved may describe another network: only what no operator can allow is refused before a test or a call.
  const saving: OutboundPolicy = { allow: { private: true, loopback: true, publicHttp: parsed.allow.publicHttp, ranges: [] }, never }
  const toSave = (url: string, rules: EndpointRules) => {
    const refusal = checkEndpoint(url, saving, rules)
    return refusal === BLOCKED_MESSAGE && rules.isStrict ? UNSAVABLE_MESSAGE : refusal
  }
  const outboundDeps = { policy, resolve: systemResolve, proxyEnvironment: proxyEnvironment(config) }
  return {
    deps: {
      checkEndpoint: (baseUrl, { endpoint, refusesPrivateEndpoint }, allowPrivateNetwork) =>
        toSave(baseUrl, { allowPrivateNetwork: allowPrivateNetwork || !refusesPrivateEndpoint, isStrict: endpoint === 'strict' }),
      checkProxy: (url, allowPrivateNetwork) => toSave(asHttp(url), { allowPrivateNetwork, isStrict: false }),
      endpointWarning: (url, allowPrivateNetwork) => checkEndpoint(asHttp(url), policy, { allowPrivateNetwork, isStrict: true }),
      probe: (request, left) => probeConnection(request, outboundDeps, left),
      ...testLimits(),
    },
    clientDeps: outboundDeps,
    addOwnSocket: (socket) => void never.push(socket),
  }
}

/** The rules for addresses know HTTP alone. */
function asHttp(url: string): string {
  return url.replace(/^socks5:/i, 'http:')
}

function proxyEnvironment({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY }: Config): ProxyEnvironment {
  return { httpsProxy: HTTPS_PROXY || null, httpProxy: HTTP_PROXY || null, noProxy: NO_PROXY || null }
}

function databaseSockets(databaseUrl: string): SocketName[] {
  const url = readUrl(databaseUrl)
  if (url === null || databaseUrl.startsWith('file:')) return []
  const { hostname, port, searchParams } = url
  // The driver lets these parameters win over the address.
  const host = searchParams.get('host') || decodeURIComponent(hostname)
  // A socket in the file system is on no network.
  return host.startsWith('/') ? [] : [{ host, port: Number(searchParams.get('port') || port || 5432) }]
}

function testLimits(): Pick<TestDeps, 'admitTest' | 'runTests' | 'isTesting'> {
  const { admit, run, isRunning } = createTestLimiter()
  return { admitTest: admit, runTests: run, isTesting: isRunning }
}
