import { subscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'

/** The connection that a request was written to. */
export interface SocketUse {
  readonly socket: Socket
  /** Whether it had carried a request before. */
  readonly isReused: boolean
  /** What had been read from it by then. */
  readonly bytesRead: number
}

/** Connections that have carried a request. */
const used = new WeakSet<Socket>()
let waiting: ((use: SocketUse) => void) | null = null
let isSubscribed = false

/**
 * Learns which connection the request goes out on that is about to be written. undici names the socket on a channel only, in
 * the same turn in which it starts the request: so whoever waits when the socket is named is the one that started.
 */
export function onSocketOfNextRequest(listener: (use: SocketUse) => void): void {
  if (!isSubscribed) {
    subscribe('undici:client:sendHeaders', noteSocket)
    isSubscribed = true
  }
  waiting = listener
}

function noteSocket(message: unknown): void {
  const socket = typeof message === 'object' && message !== null && 'socket' in message ? message.socket : null
  if (!(socket instanceof Socket)) return
  waiting?.({ socket, isReused: used.has(socket), bytesRead: socket.bytesRead })
  waiting = null
  used.add(socket)
}
