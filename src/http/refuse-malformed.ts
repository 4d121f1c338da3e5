import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { json, securityHeaders } from './respond.ts'

/** What Node calls the ways in which it cannot read a request, and what they are in HTTP. All others are 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The gateway cannot read this as HTTP.',
  405: 'The gateway is not a forward proxy.',
  408: 'The request did not arrive in time. Send it whole, without pauses.',
  413: 'The extensions of the chunks are too large.',
  431: 'The headers are too large: 16 KiB are the limit.',
}

/** Ends a connection on which something came that no handler sees, with an answer like all others. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  endWith(socket, STATUS[error.code ?? ''] ?? 400)
}

/** Answers who takes the gateway for a proxy. Node leaves such a connection to whoever listens for it. */
export function refuseConnect(socket: Duplex): void {
  // The client may go away meanwhile, and an unheard error ends the process.
  socket.on('error', () => {})
  endWith(socket, 405)
}

function endWith(socket: Duplex, status: number): void {
  const { headers = {}, body = '' } = json(status, { message: MESSAGES[status] })
  const all = { ...securityHeaders(randomUUID()), ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}
