import { createServer, type IncomingHttpHeaders } from 'node:http'

/** A request that an upstream received. */
export interface RecordedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

export type Recorder = Awaited<ReturnType<typeof startRecorder>>

/** Starts an upstream on loopback that lists one model to whoever brings one of its keys, and records what it was sent. */
export async function startRecorder(...validKeys: readonly string[]) {
  const requests: RecordedRequest[] = []
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers })
    const key = request.headers.authorization?.replace('Bearer ', '') ?? request.headers['x-api-key']
    const known = typeof key === 'string' && validKeys.includes(key)
    const body = known ? { object: 'list', data: [{ id: 'model-one' }] } : { error: { message: 'Incorrect API key provided.' } }
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The recorder has no port.')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    /** The keys received so far. */
    keys: () => requests.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? headers['x-api-key']),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
