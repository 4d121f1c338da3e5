import type { Socket } from 'node:net'
import { errors } from 'undici'
import { errorCode } from './outbound-error.ts'

/** The most that a head, or what may be one, is parsed of in one go, in bytes. */
const STEP_BYTES = 4_096

/** Connections whose answer has got to its body. */
const inBody = new WeakSet<Socket>()

/**
 * Has the HTTP client take what arrived in steps, and nothing from a connection that it has given up. It makes an error, with
 * its stack, for each header line above its limit, to the end of what it took: 64 KiB of such lines took 25 ms and more.
 */
export function readInSteps(socket: Socket): Socket {
  endWhenRead(socket)
  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    if (socket.destroyed) return null
    // All by its number: a read of all that is left would tell the end at once, also to a client that the last bytes make wait.
    const all = socket.readableLength || undefined
    return read(size ?? (all !== undefined && all > STEP_BYTES && !inBody.has(socket) ? STEP_BYTES : all))
  }
  return socket
}

/**
 * The HTTP client takes the end of a connection for the end of an answer that says `connection: close`, or has no length. One that
 * comes while it waits for a slow reader fails an assertion of its own, which ends the process: so it is told the end when it has
 * read all, and a reset is the end of no answer.
 */
function endWhenRead(socket: Socket): void {
  let isWaiting = false
  const [read, unshift, destroy] = [socket.read.bind(socket), socket.unshift.bind(socket), socket.destroy.bind(socket)]
  // It gives back what it cannot take yet, and reads when it can. Reads of nothing are Node's own: they tell the end.
  socket.unshift = (chunk, encoding) => {
    isWaiting = true
    unshift(chunk, encoding)
  }
  socket.read = (size?: number) => {
    if (size !== 0) isWaiting = false
    return isWaiting ? null : read(size)
  }
  socket.destroy = (error?: Error) => {
    const isReset = error === undefined ? !socket.readableEnded : errorCode(error) === 'ECONNRESET'
    return destroy(isReset ? new errors.SocketError('The connection ended.') : error)
  }
}

/** What arrives now belongs to a body, which is taken as it comes. */
export function bodyBegins(socket: Socket): void {
  inBody.add(socket)
}

/** What arrives next is a head. */
export function bodyEnds(socket: Socket): void {
  inBody.delete(socket)
}
