import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { readInSteps } from './read-in-steps.ts'

/**
 * A connector that gives an HTTP client this socket, which was made and checked before, and no second one: the client can
 * never reach an address on its own.
 */
export function onlyOnce(socket: Socket): buildConnector.connector {
  let isGiven = false
  return (_options, callback) => {
    if (isGiven) return callback(new Error('A call has one connection.'), null)
    isGiven = true
    // Not at once: the client has to finish its own step first, or it never sends the request.
    setImmediate(() => callback(null, readInSteps(socket)))
  }
}
