import type { ServerResponse } from 'node:http'

/**
 * Runs `heard` once a response has closed, or its connection has: of that a response that waits behind another one hears nothing.
 * @returns what stops the waiting.
 */
export function onceClosed(response: ServerResponse, heard: () => void): () => void {
  const { socket } = response.req
  const stop = () => {
    response.off('close', close)
    socket.off('close', close)
  }
  const close = () => {
    stop()
    heard()
  }
  response.once('close', close)
  if (response.socket !== null) return stop
  // Many requests may wait.
  socket.setMaxListeners(0).once('close', close)
  if (socket.closed) process.nextTick(close)
  return stop
}
