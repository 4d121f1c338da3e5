import { once } from 'node:events'
import { connect, createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { CHAT, chatAnswer, chunkOf, openStream } from '../support/call-vendor.ts'
import { beginCall, headOf } from '../support/raw-call.ts'
import { listen } from '../support/upstream/recorder.ts'
import { errorOf, useVendorCalls, VENDOR_KEY } from '../support/vendor-calls.ts'

const { vendor, gateway, writer, chat, call, providerId } = useVendorCalls()

describe('the caller leaves', () => {
  test('before the first byte: the vendor sees it', async () => {
    vendor.answerWith(() => {})
    const before = vendor.aborted()
    const begun = beginCall(gateway.url, chat())
    await vendor.until(() => vendor.requests.length === 1)
    begun.destroy()
    await vendor.until(() => vendor.aborted() > before)
  })

  test('in the middle of a stream: the vendor sees it', async () => {
    vendor.answerWith((_request, response) => {
      openStream(response)
      response.write(chunkOf('one'))
    })
    const before = vendor.aborted()
    const begun = beginCall(gateway.url, chat())
    const answer = await headOf(begun)
    await once(answer, 'data')
    begun.destroy()
    await vendor.until(() => vendor.aborted() > before)
  })

  test('in the middle of a large upload: the vendor sees it', async () => {
    let sawClose: () => void = () => {}
    const closed = new Promise<void>((resolve) => {
      sawClose = resolve
    })
    vendor.answerWith((request, _response, _whole) => {
      request.resume()
      request.once('close', sawClose)
    })
    const headers = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '20000000' }
    const begun = beginCall(gateway.url, { ...chat({ path: '/ai/vendor/v1/audio/transcriptions', headers }), body: undefined })
    begun.write(Buffer.alloc(1_000_000))
    await vendor.until(() => vendor.requests.length === 1)
    begun.destroy()
    await closed
  })

  test('in the middle of a body that is read whole: nothing is sent to the vendor', async () => {
    const begun = beginCall(gateway.url, { ...chat({ headers: { 'content-length': '1000' } }), body: undefined })
    begun.write('{"model"')
    begun.destroy()
    // Another call shows that the gateway has gone on.
    expect((await call()).status).toBe(200)
    expect(vendor.requests).toHaveLength(1)
  })
})

describe('the vendor fails in the middle of its answer', () => {
  test('a stream that dies ends with an event that says so, and with a cut: never as if it were whole', async () => {
    vendor.answerWith((_request, response) => {
      openStream(response)
      response.write(chunkOf('one'), () => response.destroy())
    })
    const { body, complete, status } = await call()
    expect(status).toBe(200)
    expect(complete).toBe(false)
    const [, last = ''] = body.toString().split(chunkOf('one'))
    expect(JSON.parse(last.replace(/^data: /, '')).error).toMatchObject({ type: 'server_error', code: 'upstream_unreachable' })
  })

  test('a stream that dies within a line: the line is ended before the event', async () => {
    vendor.answerWith((_request, response) => {
      openStream(response)
      response.write('data: {"half', () => response.destroy())
    })
    const { body, complete } = await call()
    expect(complete).toBe(false)
    expect(body.toString()).toMatch(/^data: \{"half\n\ndata: \{"error"/)
  })

  test('a compressed stream, and JSON, are only cut', async () => {
    const gzipped = gzipSync(chunkOf('one'))
    vendor.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
      response.write(gzipped, () => response.destroy())
    })
    const stream = await call()
    expect([stream.complete, stream.body.equals(gzipped)]).toEqual([false, true])
    vendor.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"id":', () => response.destroy())
    })
    const json = await call()
    expect([json.complete, json.body.toString()]).toEqual([false, '{"id":'])
  })

  test('JSON is cut by a reset for a client of HTTP/1.0, to which any other end is that of the answer', async () => {
    vendor.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"id":', () => response.destroy())
    })
    const { path, headers, body } = chat()
    const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(String(body))) })
    const caller = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    caller.write(`POST ${path} HTTP/1.0\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
    caller.resume()
    await expect(once(caller, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test('an answer that is shorter than its length says is cut', async () => {
    vendor.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"id":1}', () => response.destroy())
    })
    const { complete, body } = await call()
    expect([complete, body.toString()]).toEqual([false, '{"id":1}'])
  })

  test('an answer that is longer than its length says ends where it says', async () => {
    vendor.answerWith(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}and more')
    })
    const { complete, body } = await call()
    expect([complete, body.toString()]).toEqual([true, '{}'])
    vendor.answerWith(chatAnswer)
    expect((await call()).status).toBe(200)
  })
})

describe('what the vendor sends passes as it is', () => {
  test('a redirect is never followed nor shown', async () => {
    vendor.answerWith((_request, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end()
    })
    const { status, body, headers } = await call()
    expect([status, errorOf(body).code, headers.location]).toEqual([502, 'upstream_redirected', undefined])
    expect(headers['x-should-retry']).toBe('false')
    expect(vendor.requests).toHaveLength(1)
  })

  test('a compressed answer stays compressed', async () => {
    const gzipped = gzipSync(JSON.stringify(CHAT))
    vendor.answerWith((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': gzipped.length })
        .end(gzipped)
    })
    const { body, headers } = await call({ headers: { 'accept-encoding': 'gzip, deflate' } })
    expect(body.equals(gzipped)).toBe(true)
    expect([headers['content-encoding'], headers['content-length']]).toEqual(['gzip', String(gzipped.length)])
    expect(vendor.requests[0]?.headers['accept-encoding']).toBe('gzip, deflate')
  })

  test('a character that comes in two halves is whole again', async () => {
    const bytes = Buffer.from(chunkOf('é€😀'))
    const cut = bytes.indexOf(Buffer.from('😀')) + 2
    vendor.answerWith((_request, response) => {
      openStream(response)
      response.write(bytes.subarray(0, cut), () => setImmediate(() => response.end(bytes.subarray(cut))))
    })
    const { body, complete } = await call()
    expect([complete, body.equals(bytes)]).toEqual([true, true])
  })

  test.each([204, 304])('an answer %i without a body', async (status) => {
    vendor.answerWith((_request, response) => void response.writeHead(status, { etag: '"x"' }).end())
    const answer = await call()
    expect([answer.status, answer.body.length, answer.complete]).toEqual([status, 0, true])
  })

  test.each([400, 404, 409, 413, 422, 500, 503, 529])('its refusal %i, byte for byte', async (status) => {
    const text = '{ "error" : {"message":"no \\u00e9","n":12345678901234567890} }'
    vendor.answerWith((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-should-retry': 'true', 'retry-after': '7' }).end(text)
    })
    const answer = await call()
    expect([answer.status, answer.body.toString(), answer.headers['retry-after']]).toEqual([status, text, '7'])
    expect(vendor.requests).toHaveLength(1)
  })

  test('a refusal of 1 MB', async () => {
    const text = JSON.stringify({ error: { message: 'x'.repeat(1_000_000) } })
    vendor.answerWith((_request, response) => void response.writeHead(400, { 'content-type': 'application/json' }).end(text))
    const answer = await call()
    expect([answer.status, answer.body.toString() === text]).toEqual([400, true])
  })
})

describe('the vendor gives no answer', () => {
  test.each(['{"error":', ''])('but the beginning of a refusal: %j', async (part) => {
    vendor.answerWith((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json', 'content-length': '100' })
      response.flushHeaders()
      response.write(part, () => response.destroy())
    })
    const { status, body, complete } = await call()
    expect([status, errorOf(body).code, complete]).toEqual([502, 'upstream_unreachable', true])
  })

  test('64 kB of headers', async () => {
    vendor.answerWith((_request, response) => void response.writeHead(200, { 'x-large': 'x'.repeat(65_536) }).end('{}'))
    const { status, body } = await call()
    expect([status, errorOf(body).code]).toEqual([502, 'upstream_unreachable'])
  })

  test('something that is no HTTP', async () => {
    vendor.answerWith(({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    const { status, body } = await call()
    expect([status, errorOf(body).code]).toEqual([502, 'upstream_unreachable'])
  })

  test('nothing within the time that the provider sets: the caller hears so, and that it should not try again', async () => {
    vendor.answerWith(() => {})
    await writer.created({
      ...{ name: 'slow', baseUrl: `${vendor.origin}/v1`, apiKeys: [{ credential: { value: VENDOR_KEY } }] },
      network: { timeoutMs: 1_000, allowPrivateNetwork: true },
    })
    const { status, body, headers } = await call({ path: '/ai/slow/v1/chat/completions' })
    expect([status, errorOf(body).code, headers['x-should-retry']]).toEqual([504, 'upstream_timeout', 'false'])
    expect(vendor.requests).toHaveLength(1)
  })

  test('a port at which nobody listens', async () => {
    const server = createTcpServer()
    const { port, close } = await listen(server)
    await close()
    await writer.created({ name: 'nobody-there', baseUrl: `http://127.0.0.1:${port}/v1`, apiKeys: [{ credential: { value: VENDOR_KEY } }] })
    const { status, body } = await call({ path: '/ai/nobody-there/v1/chat/completions' })
    expect([status, errorOf(body).code]).toEqual([502, 'upstream_unreachable'])
    expect(body.toString()).not.toContain(String(port))
  })

  test('a fresh connection that dies after the request: once, since the vendor may have read it', async () => {
    vendor.answerWith(({ socket }) => void socket.destroy())
    // A connection of its own: the pool may hold one.
    await writer.updated(providerId(), { displayName: 'again' })
    const { status, body } = await call()
    expect([status, errorOf(body).code, vendor.requests.length]).toEqual([502, 'upstream_unreachable', 1])
  })
})

describe('a connection that the vendor has closed meanwhile', () => {
  test.each(['end', 'reset'] as const)('is found out by its %s, and the call is made once more on a fresh one', async (how) => {
    const used = new WeakSet<object>()
    vendor.answerWith((request, response) => {
      const { socket } = request
      if (!used.has(socket)) {
        used.add(socket)
        return chatAnswer(request, response)
      }
      if (how === 'end') socket.destroy()
      else socket.resetAndDestroy()
    })
    await writer.updated(providerId(), { displayName: how })
    expect((await call()).status).toBe(200)
    const { status, headers } = await call()
    expect([status, headers['x-gateway-attempts']]).toEqual([200, '2'])
    expect(vendor.requests).toHaveLength(3)
  })

  test('is not told from one that dies within its answer: that call is not repeated', async () => {
    const used = new WeakSet<object>()
    vendor.answerWith((request, response) => {
      const { socket } = request
      if (!used.has(socket)) {
        used.add(socket)
        return chatAnswer(request, response)
      }
      socket.write('HTTP/1.1 200 OK\r\ncontent-', () => socket.destroy())
    })
    await writer.updated(providerId(), { displayName: 'half' })
    await call()
    expect((await call()).status).toBe(502)
    expect(vendor.requests).toHaveLength(2)
  })
})
