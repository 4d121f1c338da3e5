/** The limit: a relay that does nothing but `Pool.dispatch`, without a token, a key, a list of headers, or an error of its own. */
import { createServer } from 'node:http'
import { Pool } from 'undici'
import { listen } from './listen.ts'

const pool = new Pool(process.env.BENCH_VENDOR ?? '', { pipelining: 1, connections: 256 })
const KEPT = new Set(['connection', 'keep-alive', 'transfer-encoding'])

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk))
  request.on('end', () => {
    const headers = { 'content-type': request.headers['content-type'] ?? '', authorization: request.headers.authorization ?? '' }
    pool.dispatch(
      { method: 'POST', path: request.url ?? '/', headers, body: Buffer.concat(chunks) },
      {
        // undici knows its new kind of handlers by this one.
        onRequestStart: () => {},
        onResponseStart: (controller, status, answered) => {
          const passed = Object.entries(answered).flatMap(([name, value]) => (KEPT.has(name) || value === undefined ? [] : [[name, value]]))
          response.writeHead(status, Object.fromEntries(passed))
          response.on('close', () => !response.writableFinished && controller.abort(new Error('gone')))
          response.on('drain', () => controller.resume())
        },
        onResponseData: (controller, chunk) => void (response.write(chunk) || controller.pause()),
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    )
  })
})
listen(server)
