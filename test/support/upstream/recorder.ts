import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { Server, Socket } from 'node:net'

/** One request as it came over the wire. */
export interface RecordedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names in lower case; a repeated header is joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Names and values in turn, spelled and ordered as they came. */
  readonly rawHeaders: readonly string[]
  readonly body: string
}

export interface RecordedAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent as it is, everything else as JSON. */
  readonly body: unknown
}

/** A real HTTP server on a free loopback port that keeps what it was sent. */
export interface Recorder {
  /** `http://127.0.0.1:<port>`, or `https://localhost:<port>` with TLS. */
  readonly origin: string
  readonly port: number
  readonly requests: RecordedRequest[]
  close(): Promise<void>
}

/** Starts a server that answers each request by `respond`; null means that the answer never comes. */
export async function startRecorder(
  respond: (request: RecordedRequest) => RecordedAnswer | null,
  tls: ServerOptions | null = null,
): Promise<Recorder> {
  const requests: RecordedRequest[] = []
  const listener: RequestListener = async (incoming, response) => {
    const request = await record(incoming)
    requests.push(request)
    const answer = respond(request)
    if (answer !== null) send(response, answer)
  }
  const server = tls === null ? createServer(listener) : createTlsServer(tls, listener)
  const { port, close } = await listen(server)
  return { origin: tls === null ? `http://127.0.0.1:${port}` : `https://localhost:${port}`, port, requests, close }
}

/** Binds a server to a loopback port, a free one unless it is given. Its `close` also ends connections that are open. */
export async function listen(server: Server, wanted = 0): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  }
  server.on('connection', track)
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    server.off('connection', track)
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return { port: address.port, close }
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
  const body = Buffer.concat(chunks).toString('utf8')
  return { method: incoming.method ?? '', path: incoming.url ?? '', headers, rawHeaders: incoming.rawHeaders, body }
}

function send(response: ServerResponse, { status, headers, body }: RecordedAnswer): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/html; charset=utf-8' : 'application/json', ...headers })
  response.end(isText ? body : JSON.stringify(body))
}
