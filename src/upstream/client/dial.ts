import type { Socket } from 'node:net'
import { tierOf } from './address-policy.ts'
import type { Session } from './call-context.ts'
import { chooseProxy, type ProxyHop } from './choose-proxy.ts'
import { allowedAddresses, openSocket, type Place } from './open-socket.ts'
import { OutboundError } from './outbound-error.ts'
import { startTls } from './start-tls.ts'
import { BLOCKED_MESSAGE, mayBeDialled, PUBLIC_HTTP_MESSAGE, type Target } from './target.ts'
import { openTunnel } from './tunnel.ts'

/** A connected socket to the target, past every check and, for https, past the TLS handshake. Throws OutboundError. */
export async function dial(target: Target, session: Session): Promise<Socket> {
  const proxy = chooseProxy(target, session)
  const socket = proxy === null ? await dialDirectly(target, session) : await dialThrough(proxy, target, session)
  return target.isSecure ? startTls(socket, target.hostname, session.network, session.deadline) : socket
}

async function dialDirectly(target: Target, session: Session): Promise<Socket> {
  const place = placeOf(target, 'endpoint', session)
  const addresses = await allowedAddresses(place)
  refusePublicHttp(target, addresses, session)
  return openSocket(addresses, place)
}

/**
 * The policy is for the address that we connect to, the proxy's; one that the operator set for the gateway may be on a
 * private or loopback address without further leave. The proxy resolves the target's name, out of our sight. So the target
 * is checked as far as it can be: a literal address or `localhost` by the policy, a name by the addresses that it has here.
 * A name that does not resolve here passes, because behind a proxy that is the rule; what it stands for there is the
 * proxy's to guard.
 */
async function dialThrough(proxy: ProxyHop, target: Target, session: Session): Promise<Socket> {
  await checkTargetBehindProxy(target, session)
  const place = proxy.isOperators ? operatorsPlace(proxy, session) : placeOf(proxy, 'proxy', session)
  const socket = await openSocket(await allowedAddresses(place), place)
  const toProxy = proxy.protocol === 'https' ? await startTls(socket, proxy.hostname, session.network, session.deadline) : socket
  return openTunnel(toProxy, proxy, target, session.deadline)
}

async function checkTargetBehindProxy(target: Target, session: Session): Promise<void> {
  const { deps, network } = session
  if (!mayBeDialled(target.hostname, target.port, deps.policy, network.allowPrivateNetwork)) {
    throw new OutboundError('BLOCKED_ADDRESS', BLOCKED_MESSAGE)
  }
  const place = placeOf(target, 'endpoint', session)
  const addresses = await allowedAddresses(place).catch((error: unknown) => {
    if (error instanceof OutboundError && error.failure.status !== 'BLOCKED_ADDRESS') return []
    throw error
  })
  refusePublicHttp(target, addresses, session)
}

/** Plain http is for private and loopback addresses; a name without known addresses may be a public one. */
function refusePublicHttp(target: Target, addresses: readonly string[], { deps }: Session): void {
  if (target.isSecure || deps.policy.allow.publicHttp) return
  const isPrivate = addresses.length > 0 && addresses.every((address) => tierOf(address) !== 'public')
  if (!isPrivate) throw new OutboundError('BLOCKED_ADDRESS', PUBLIC_HTTP_MESSAGE)
}

function placeOf({ hostname, port }: { hostname: string; port: number }, role: Place['role'], session: Session): Place {
  const { network, deps, deadline } = session
  return { hostname, port, role, deadline, policy: deps.policy, resolve: deps.resolve, allowPrivateNetwork: network.allowPrivateNetwork }
}

function operatorsPlace(proxy: ProxyHop, session: Session): Place {
  const { policy } = session.deps
  const allow = { ...policy.allow, private: true, loopback: true }
  return { ...placeOf(proxy, 'proxy', session), policy: { ...policy, allow }, allowPrivateNetwork: true }
}
