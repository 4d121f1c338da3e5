import type { Socket } from 'node:net'

/** The most that a head, or what may be one, is parsed of in one go, in bytes. */
const STEP_BYTES = 4_096

/** Connections whose answer has got to its body. */
const inBody = new WeakSet<Socket>()

/**
 * Has the HTTP client take what arrived in steps, and nothing from a connection that it has given up. It makes an error, with
 * its stack, for each header line above its limit, to the end of what it took: 64 KiB of such lines took 25 ms and more.
 */
export function readInSteps(socket: Socket): Socket {
  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    if (socket.destroyed) return null
    return read(size ?? (socket.readableLength > STEP_BYTES && !inBody.has(socket) ? STEP_BYTES : undefined))
  }
  return socket
}

/** What arrives now belongs to a body, which is taken as it comes. */
export function bodyBegins(socket: Socket): void {
  inBody.add(socket)
}

/** What arrives next is a head. */
export function bodyEnds(socket: Socket): void {
  inBody.delete(socket)
}
