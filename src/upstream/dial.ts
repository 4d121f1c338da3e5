import type { Socket } from 'node:net'
import { tierOf } from './address-policy.ts'
import { checkedAddresses, openSocket, type Place } from './open-socket.ts'
import { OutboundError } from './outbound-error.ts'
import type { Session } from './session.ts'
import { startTls } from './start-tls.ts'
import { PUBLIC_HTTP_MESSAGE, type Target } from './target.ts'

/** A connected socket to the target, past every check and, for https, past the TLS handshake. Throws OutboundError. */
export async function dial(target: Target, session: Session): Promise<Socket> {
  const socket = await dialDirectly(target, session)
  return target.isSecure ? startTls(socket, target.hostname, session.network, session.deadline) : socket
}

async function dialDirectly(target: Target, session: Session): Promise<Socket> {
  const place = placeOf(target, session)
  const addresses = await checkedAddresses(place)
  const isPublicHttp = !target.isSecure && addresses.some((address) => tierOf(address) === 'public')
  if (isPublicHttp && !session.deps.policy.allow.publicHttp) throw new OutboundError('BLOCKED_ADDRESS', PUBLIC_HTTP_MESSAGE)
  return openSocket(addresses, place)
}

function placeOf(target: Target, { network, deps, deadline }: Session): Place {
  const { hostname, port } = target
  return { hostname, port, deadline, policy: deps.policy, resolve: deps.resolve, allowPrivateNetwork: network.allowPrivateNetwork }
}
