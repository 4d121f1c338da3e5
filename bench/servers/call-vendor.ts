/** A vendor of models: a small JSON answer, or 200 events when the body asks for a stream; on demand events without end, or no answer. */
import { createServer, type ServerResponse } from 'node:http'
import { listen } from './listen.ts'

const ANSWER = Buffer.from(
  JSON.stringify({
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-5' },
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
  }),
)
const EVENT = Buffer.from(
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-5', choices: [{ index: 0, delta: { content: 'word ' }, finish_reason: null }] })}\n\n`,
)
const EVENTS = 200
/** As a model writes. */
const DRIP_MS = 50

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    if (body.includes('"wait":true')) return
    if (body.includes('"drip":true')) return drip(response)
    if (!body.includes('"stream":true'))
      return void response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length }).end(ANSWER)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let left = EVENTS
    // Each event in a turn of its own, so that it is a chunk of its own on the way.
    const next = () => {
      if (response.destroyed) return
      response.write(EVENT)
      left -= 1
      if (left > 0) setImmediate(next)
      else response.end('data: [DONE]\n\n')
    }
    next()
  })
})
listen(server)

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const timer = setInterval(() => response.write(EVENT), DRIP_MS)
  response.once('close', () => clearInterval(timer))
}
