import type { Socket } from 'node:net'
import { tierOf } from './address-policy.ts'
import type { CallContext } from './call-context.ts'
import { chooseProxy, type ProxyHop } from './choose-proxy.ts'
import { allowedAddresses, openSocket, type SocketAddress } from './open-socket.ts'
import { OutboundError } from './outbound-error.ts'
import { startTls } from './start-tls.ts'
import { BLOCKED_MESSAGE, mayBeDialled, PUBLIC_HTTP_MESSAGE, type Target } from './target.ts'
import { openTunnel } from './tunnel.ts'

/** A connected socket to the target, past every check and, for https, past the TLS handshake. Throws OutboundError. */
export async function dial(target: Target, context: CallContext): Promise<Socket> {
  const proxy = chooseProxy(target, context)
  const socket = proxy === null ? await dialDirectly(target, context) : await dialThrough(proxy, target, context)
  return target.isSecure ? startTls(socket, target.hostname, context.network, context.deadline) : socket
}

async function dialDirectly(target: Target, context: CallContext): Promise<Socket> {
  const to = socketAddress(target, 'endpoint', context)
  const addresses = await allowedAddresses(to)
  refusePublicHttp(target, addresses, context)
  return openSocket(addresses, to)
}

/**
 * The policy is for the address that we connect to, the proxy's; one that the operator set for the gateway may be on a
 * private or loopback address without further leave. The proxy resolves the target's name, out of our sight. So the target
 * is checked as far as it can be: a literal address or `localhost` by the policy, a name by the addresses that it has here.
 * A name that does not resolve here passes, because behind a proxy that is the rule; what it stands for there is the
 * proxy's to guard.
 */
async function dialThrough(proxy: ProxyHop, target: Target, context: CallContext): Promise<Socket> {
  await checkTargetBehindProxy(target, context)
  const to = proxy.isOperators ? operatorsAddress(proxy, context) : socketAddress(proxy, 'proxy', context)
  const socket = await openSocket(await allowedAddresses(to), to)
  const toProxy = proxy.protocol === 'https' ? await startTls(socket, proxy.hostname, context.network, context.deadline) : socket
  return openTunnel(toProxy, proxy, target, context.deadline)
}

async function checkTargetBehindProxy(target: Target, context: CallContext): Promise<void> {
  const { deps, network } = context
  if (!mayBeDialled(target.hostname, target.port, deps.policy, network.allowPrivateNetwork)) {
    throw new OutboundError('BLOCKED_ADDRESS', BLOCKED_MESSAGE)
  }
  const to = socketAddress(target, 'endpoint', context)
  const addresses = await allowedAddresses(to).catch((error: unknown) => {
    if (error instanceof OutboundError && error.failure.status !== 'BLOCKED_ADDRESS') return []
    throw error
  })
  refusePublicHttp(target, addresses, context)
}

/** Plain http is for private and loopback addresses; a name without known addresses may be a public one. */
function refusePublicHttp(target: Target, addresses: readonly string[], { deps }: CallContext): void {
  if (target.isSecure || deps.policy.allow.publicHttp) return
  const isPrivate = addresses.length > 0 && addresses.every((address) => tierOf(address) !== 'public')
  if (!isPrivate) throw new OutboundError('BLOCKED_ADDRESS', PUBLIC_HTTP_MESSAGE)
}

function socketAddress(
  { hostname, port }: { hostname: string; port: number },
  role: SocketAddress['role'],
  context: CallContext,
): SocketAddress {
  const { network, deps, deadline } = context
  return { hostname, port, role, deadline, policy: deps.policy, resolve: deps.resolve, allowPrivateNetwork: network.allowPrivateNetwork }
}

function operatorsAddress(proxy: ProxyHop, context: CallContext): SocketAddress {
  const { policy } = context.deps
  const allow = { ...policy.allow, private: true, loopback: true }
  return { ...socketAddress(proxy, 'proxy', context), policy: { ...policy, allow }, allowPrivateNetwork: true }
}
