/** The limit: node:http that sends the bytes which the gateway was seen to send. `ready-buffer.ts` reads them as JSON from its input. */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { isAuthenticated } from './authentication.ts'
import { listen } from './listen.ts'

const bodies = new Map<string, Buffer>(
  Object.entries(JSON.parse(await text(process.stdin))).map(([key, body]) => [key, Buffer.from(String(body))]),
)

const server = createServer((request, response) => {
  if (!isAuthenticated(request)) return void response.writeHead(401).end()
  const answer = (key: string) => {
    const body = bodies.get(key) ?? Buffer.alloc(0)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  }
  if (request.method === 'GET') return answer(request.url ?? '')
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk)).on('end', () => answer(Buffer.concat(chunks).toString()))
})
listen(server)
