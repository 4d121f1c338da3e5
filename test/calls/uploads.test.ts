import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { useCallVendor } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { beginCall, headOf, rawCall, readAnswer } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

const KEY = 'sk-uploads-fixture-aaaa-bbbb-cccc'
const LIMIT = 3_000_000
const FORM = 'multipart/form-data; boundary=x'
let token: string

const vendor = useCallVendor()
const gateway = useGateway({
  environment: { OUTBOUND_ALLOW: 'loopback', CALL_MAX_BODY_BYTES: String(LIMIT), CALL_BODY_MEMORY_BYTES: String(4 * LIMIT) },
})
beforeAll(async () => {
  const writer = writerOf(gateway)
  await writer.created({ name: 'openai', type: 'OPENAI', baseUrl: `${vendor.origin}/v1`, apiKeys: [{ credential: { value: KEY } }] })
  await writer.created({ name: 'anthropic', type: 'ANTHROPIC', baseUrl: vendor.origin, apiKeys: [{ credential: { value: KEY } }] })
  await writer.created({ name: 'google', type: 'GOOGLE', baseUrl: vendor.origin, apiKeys: [{ credential: { value: KEY } }] })
  token = await callToken(gateway)
})

/** Begins a call whose length nobody is told. */
const begin = (path: string, contentType = FORM) =>
  beginCall(gateway.url, {
    path: `/ai/${path}`,
    headers: { 'x-api-key': token, 'content-type': contentType, 'transfer-encoding': 'chunked' },
  })
const write = (call: ReturnType<typeof begin>, count: number) => {
  const hash = createHash('sha256')
  for (let index = 0; index < count; index += 1) {
    const piece = Buffer.alloc(100_000, index)
    hash.update(piece)
    call.write(piece)
  }
  return hash.digest('hex')
}
const digest = (body?: Buffer) =>
  createHash('sha256')
    .update(body ?? '')
    .digest('hex')

describe('a body of unknown length', () => {
  test('that is coded for its transfer by more than chunks is refused: what is read would not be what was sent', async () => {
    const answer = await rawCall(gateway.url, {
      path: '/ai/openai/v1/chat/completions',
      headers: { 'x-api-key': token, 'content-type': 'application/json', 'transfer-encoding': 'gzip, chunked' },
      body: gzipSync('{"model":"m"}'),
    })
    expect([answer.status, vendor.requests]).toEqual([501, []])
  })

  test.each([
    ['is kept whole while it is small', 5],
    ['is streamed when it is not', 25],
  ])('%s, and passes byte for byte', async (_title, count) => {
    const call = begin('openai/v1/audio/transcriptions')
    const written = write(call, count)
    call.end()
    expect((await readAnswer(await headOf(call))).status).toBe(200)
    expect([vendor.requests.length, digest(vendor.requests[0]?.body)]).toEqual([1, written])
  })

  test.each([
    ['openai', 'openai/v1/chat/completions', 'application/json', { error: { code: 'request_too_large' } }],
    ['anthropic', 'anthropic/v1/messages', 'application/json', { type: 'error', error: { type: 'request_too_large' } }],
    ['google', 'google/v1beta/models/g:generateContent', 'application/json', { error: { code: 413, status: 'INVALID_ARGUMENT' } }],
    ['openai, streamed', 'openai/v1/audio/transcriptions', FORM, { error: { code: 'request_too_large' } }],
  ])(
    'that grows beyond the limit is answered 413 in the shape of the SDK, and no vendor has all of it: %s',
    async (_title, path, type, shape) => {
      const call = begin(path, type)
      const answered = headOf(call)
      write(call, 40)
      call.end()
      const answer = await readAnswer(await answered)
      expect([answer.status, JSON.parse(answer.body.toString())]).toMatchObject([413, shape])
      expect(vendor.requests.filter(({ body }) => body.length > LIMIT)).toEqual([])
      // The next call is none the worse for it.
      const next = await rawCall(gateway.url, {
        path: '/ai/openai/v1/chat/completions',
        headers: { 'x-api-key': token, 'content-type': 'application/json' },
        body: '{}',
      })
      expect(next.status).toBe(200)
    },
  )

  test('whose caller leaves in the middle is broken off at the vendor, never ended as if it were whole', async () => {
    let tell: (complete: boolean) => void = () => {}
    const ended = new Promise<boolean>((resolve) => {
      tell = resolve
    })
    vendor.answerWith((request, _response, _whole) => {
      request.resume()
      request.once('close', () => tell(request.complete))
    })
    const call = begin('openai/v1/audio/transcriptions')
    write(call, 15)
    await vendor.until(() => vendor.requests.length === 1)
    call.destroy()
    expect(await ended).toBe(false)
  })
})

test('a vendor that answers before it has read the upload is heard, and the rest is not waited for', async () => {
  vendor.answerWith((_request, response, _whole) => {
    response.writeHead(400, { 'content-type': 'application/json', connection: 'close' }).end('{"error":{"message":"Not such a file."}}')
  })
  const call = begin('openai/v1/audio/transcriptions')
  write(call, 15)
  const answer = await readAnswer(await headOf(call))
  call.destroy()
  expect([answer.status, answer.body.toString()]).toEqual([400, '{"error":{"message":"Not such a file."}}'])
})

test('the bodies that one token announces, and never sends, leave room for those of others', async () => {
  const greedy = await callToken(gateway)
  const announced = { 'content-type': 'application/json', 'content-length': String(LIMIT), expect: '100-continue' }
  const calls = []
  for (const path of ['/ai/openai/v1/chat/completions', '/v1/chat/completions', '/ai/openai/v1/embeddings', '/v1/embeddings']) {
    const call = beginCall(gateway.url, { path, headers: { 'x-api-key': greedy, ...announced } })
    call.flushHeaders()
    // Its memory is taken, or refused, in the turn in which it hears that.
    await once(call, 'continue')
    calls.push(call)
  }
  const headers = { 'content-type': 'application/json' }
  const path = '/ai/openai/v1/chat/completions'
  const [own, another] = await Promise.all(
    [greedy, token].map((given) => rawCall(gateway.url, { path, body: '{}', headers: { 'x-api-key': given, ...headers } })),
  )
  for (const call of calls) call.destroy()
  expect([own?.status, another?.status]).toEqual([503, 200])
})
