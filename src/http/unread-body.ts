import type { IncomingMessage, ServerResponse } from 'node:http'

/** What is still read of a body when its request has been answered, and for how long. */
export const UNREAD = { bytes: 1_000_000, milliseconds: 5_000 } as const

/** Whether a body that is still to come may be longer than what is read of it: then the connection ends with the answer. */
export function mayBeEndless({ complete, headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return !complete && (length === undefined ? headers['transfer-encoding'] !== undefined : Number(length) > UNREAD.bytes)
}

/**
 * Bounds what is read of a body that nobody waits for. By itself Node reads all of it behind the answer, however much
 * comes, or destroys the connection with bytes unread: that resets it, and a client that is still sending loses the answer.
 */
export function boundUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  // Earlier than `finish`, where Node begins to read.
  response.once('prefinish', () => {
    if (!request.complete) readRest(request, response)
  })
}

function readRest(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request
  let left: number = UNREAD.bytes
  let isHalfClosed = false
  const halfClose = () => {
    isHalfClosed = true
    socket.end()
  }
  // Node calls it behind the last answer of a connection. The client gets the answer and the end, and may finish what it sends.
  socket.destroySoon = halfClose
  const timer = setTimeout(() => socket.destroy(), UNREAD.milliseconds)
  const done = () => {
    clearTimeout(timer)
    Reflect.deleteProperty(socket, 'destroySoon')
    if (isHalfClosed) socket.destroySoon()
  }
  const count = ({ length }: Buffer) => {
    left -= length
    if (left >= 0) return
    // What comes from now on stays with the client, which has its answer, until it ends the connection or the time is over.
    request.off('data', count).pause()
    if (response.writableFinished) halfClose()
    else response.once('finish', halfClose)
  }
  request
    .once('end', done)
    .once('close', () => clearTimeout(timer))
    .on('data', count)
}
