import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { BodyBudget } from '../../../src/calls/body-budget.ts'
import { readCallBody } from '../../../src/calls/call-body.ts'
import { createListener } from '../../../src/http/listener.ts'
import { readBody } from '../../../src/http/read-body.ts'
import { json, send } from '../../../src/http/respond.ts'
import { UNREAD } from '../../../src/http/unread-body.ts'

const LIMIT = 1_000_000
/** The server reads in pieces, and counts when it has one; the rest waits in buffers of its own. */
const PIECES = 300_000
const CHUNKED = 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n'

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** A server that reads a body, or none; tells of each connection what was read from it. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void) {
  const sockets: Socket[] = []
  server = createListener((request, response) => void handle(request, response)).on('connection', (socket) => sockets.push(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { port, bytesRead: () => sockets[0]?.bytesRead ?? 0 }
}

const refuseLarge = async (request: IncomingMessage, response: ServerResponse) => {
  const read = await readBody(request, LIMIT)
  send(response, 'body' in read ? json(200, { read: read.body.length }) : json(413, {}))
}
const ignoreBody = (_request: IncomingMessage, response: ServerResponse) => send(response, json(404, {}))

/** Sends a head, and then a body as long as the server takes it; returns what came back until the end. */
async function sendEndless(port: number, head: string, chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let answer = ''
  let isOver = false
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text
  })
  socket.on('error', () => {})
  const ended = once(socket, 'end').then(() => {
    isOver = true
    socket.destroy()
  })
  socket.write(head)
  const pour = async () => {
    while (!isOver) if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), ended])
  }
  await Promise.all([ended, pour()])
  return answer
}

describe('a body without an end', () => {
  test('is refused at the limit, at most 1 MB more is read, and the client hears it', async () => {
    const { port, bytesRead } = await serve(refuseLarge)
    const answer = await sendEndless(port, CHUNKED)
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(answer).toContain('connection: close')
    expect(bytesRead()).toBeGreaterThan(LIMIT)
    expect(bytesRead()).toBeLessThan(LIMIT + UNREAD.bytes + PIECES)
  })

  test('that nobody reads is not read either, whatever its method', async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'PUT', 'OPTIONS']) {
      const { port, bytesRead } = await serve(ignoreBody)
      expect(await sendEndless(port, CHUNKED.replace('POST', method))).toMatch(/^HTTP\/1.1 404 /)
      expect(bytesRead()).toBeLessThan(UNREAD.bytes + PIECES)
      server.close()
    }
  })

  test('behind an answer that is streamed is bounded too', async () => {
    const { port, bytesRead } = await serve((_request, response) => {
      response.write('first')
      response.end('last')
    })
    expect(await sendEndless(port, CHUNKED)).toContain('last')
    expect(bytesRead()).toBeLessThan(UNREAD.bytes + PIECES)
  })

  test('of an announced length beyond all limits is refused before it is read', async () => {
    const { port, bytesRead } = await serve(refuseLarge)
    const head = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000000\r\n\r\n'
    expect(await sendEndless(port, head, 'x'.repeat(65_536))).toMatch(/^HTTP\/1.1 413 /)
    expect(bytesRead()).toBeLessThan(UNREAD.bytes + PIECES)
  })
})

describe('a body that ends within what is read', () => {
  const sendAll = async (port: number, text: string): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1' })
    let answer = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    socket.write(text)
    const [hadError] = await once(socket, 'close')
    expect(hadError).toBe(false)
    return answer
  }
  const withLength = (bytes: number, connection: string) =>
    `POST / HTTP/1.1\r\nhost: x\r\nconnection: ${connection}\r\ncontent-length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`

  test('costs the client neither the answer nor, where it wants it kept, the connection', async () => {
    const { port } = await serve(ignoreBody)
    const answers = await sendAll(
      port,
      `${withLength(900_000, 'keep-alive')}${withLength(10, 'keep-alive')}${withLength(900_000, 'close')}`,
    )
    expect(answers.match(/HTTP\/1.1 404 /g)).toHaveLength(3)
  })

  test('is read whole when it is wanted', async () => {
    const { port } = await serve(refuseLarge)
    expect(await sendAll(port, withLength(LIMIT, 'close'))).toContain(`{"read":${LIMIT}}`)
  })
})

describe('a client that leaves before its body is looked at', () => {
  test.each([
    ['a request', (request: IncomingMessage) => readBody(request, LIMIT), { refusal: 'aborted' }],
    [
      'a call',
      (request: IncomingMessage, response: ServerResponse) =>
        readCallBody(request, response, { maxBytes: LIMIT, budget: new BodyBudget(LIMIT), tokenId: 'token' }),
      null,
    ],
  ])('keeps nobody waiting for it: %s', async (_title, read, expected) => {
    let tell: (outcome: unknown) => void = () => {}
    const outcome = new Promise((resolve) => {
      tell = resolve
    })
    const { port } = await serve(async (request, response) => {
      await new Promise((resolve) => response.once('close', resolve))
      tell(await read(request, response))
    })
    const socket = connect({ port, host: '127.0.0.1' })
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{}', () => socket.destroy())
    expect(await outcome).toEqual(expected)
  })
})
