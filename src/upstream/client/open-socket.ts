import { connect, type Socket } from 'node:net'
import { canonicalAddress, isAllowedAddress, type OutboundPolicy } from './address-policy.ts'
import { type Deadline, LIMITS, withinStep } from './deadline.ts'
import { errorCode, OutboundError } from './outbound-error.ts'
import { type Resolve, reachesNamedOwnSocket, reachesOwnSocket } from './own-sockets.ts'
import { addressMeantBy, BLOCKED_MESSAGE, mayBeDialled } from './target.ts'

/** A host and port to reach, and under which rules. */
export interface SocketAddress {
  readonly hostname: string
  readonly port: number
  /** What a person has to correct when it cannot be reached. */
  readonly role: 'endpoint' | 'proxy'
  readonly policy: OutboundPolicy
  readonly allowPrivateNetwork: boolean
  readonly resolve: Resolve
  readonly deadline: Deadline
}

/** More than this many addresses of one name are not tried. */
const MAX_ATTEMPTS = 4

/**
 * Every address of a host, all of them allowed: one denied address among them refuses the whole name, since a name that
 * mixes public and private answers is what a rebinding attack looks like. The caller dials these and asks DNS no more.
 */
export async function allowedAddresses(to: SocketAddress): Promise<readonly string[]> {
  const { hostname, port, policy, allowPrivateNetwork } = to
  if (!mayBeDialled(hostname, port, policy, allowPrivateNetwork)) throw new OutboundError('BLOCKED_ADDRESS', BLOCKED_MESSAGE)
  const literal = addressMeantBy(hostname)
  const addresses = literal === hostname ? [literal] : await resolveAll(to)
  const isDenied = addresses.some(
    (address) => !isAllowedAddress(address, policy.allow, allowPrivateNetwork) || reachesOwnSocket(address, port, policy.never),
  )
  if (isDenied || (await reachesNamedOwnSocket(addresses, port, policy.never, to.resolve))) {
    throw new OutboundError('BLOCKED_ADDRESS', BLOCKED_MESSAGE)
  }
  return addresses
}

/** Opens a TCP connection to the first of the checked addresses that answers. The name is not looked up again. */
export async function openSocket(addresses: readonly string[], to: SocketAddress): Promise<Socket> {
  const candidates = addresses.slice(0, MAX_ATTEMPTS)
  const endsAt = performance.now() + LIMITS.connectStepMs
  let lastError: unknown
  for (const [index, address] of candidates.entries()) {
    const shareMs = Math.max(1, (endsAt - performance.now()) / (candidates.length - index))
    try {
      return await connectTo(address, to, shareMs)
    } catch (error) {
      lastError = error
    }
  }
  throw lastError
}

async function connectTo(address: string, to: SocketAddress, stepMs: number): Promise<Socket> {
  const socket = connect({ host: address, port: to.port, noDelay: true })
  const message = `No connection to ${to.hostname} within ${LIMITS.connectStepMs / 1000} s. ${whatToCheck(to)}`
  await withinStep(connected(socket, to), { deadline: to.deadline, stepMs, message }, () => socket.destroy())
  // The last check is on the connection itself: whatever happened on the way here, this is the peer that would get the key.
  const peer = socket.remoteAddress
  if (peer !== undefined && canonicalAddress(peer) === canonicalAddress(address)) return socket
  socket.destroy()
  // One that was reset since has no peer.
  if (peer === undefined) throw unreachable(to, 'ECONNRESET')
  throw new OutboundError('BLOCKED_ADDRESS', BLOCKED_MESSAGE)
}

function connected(socket: Socket, to: SocketAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    // `on`, not `once`: the socket may fail again before its next owner listens, and an unheard error ends the process.
    socket.on('error', (error) => reject(unreachable(to, errorCode(error))))
  })
}

function unreachable(to: SocketAddress, code: string): OutboundError {
  const isReset = code === 'ECONNRESET'
  const reason =
    code === 'ECONNREFUSED' ? 'refused the connection' : isReset ? 'reset the connection' : 'cannot be reached from the gateway'
  return new OutboundError('UNREACHABLE', `${to.hostname} ${reason}. ${whatToCheck(to)}`, { isReset })
}

function whatToCheck({ role }: SocketAddress): string {
  return role === 'proxy'
    ? "Check the proxy in the provider's network settings."
    : "Check host and port of the base URL, that the service runs, and that the gateway's network may reach it."
}

async function resolveAll(to: SocketAddress): Promise<readonly string[]> {
  const { hostname } = to
  const message = `The name ${hostname} did not resolve within ${LIMITS.connectStepMs / 1000} s. ${whatToCheck(to)}`
  const answer = to.resolve(hostname).catch(() => [])
  const addresses = await withinStep(answer, { deadline: to.deadline, stepMs: LIMITS.connectStepMs, message })
  if (addresses.length === 0) throw new OutboundError('UNREACHABLE', `The name ${hostname} does not resolve. ${whatToCheck(to)}`)
  return addresses
}
