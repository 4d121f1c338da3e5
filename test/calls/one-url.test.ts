import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { refusal, useCallVendor } from '../support/call-vendor.ts'
import { storeEveryType } from '../support/every-type.ts'
import { writerOf } from '../support/providers.ts'
import { beginCall, headOf, type RawAnswer, rawCall, readAnswer } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

const KEY = 'sk-one-url-fixture-aaaa-bbbb-cccc'
let token: string

const vendor = useCallVendor()
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const writer = writerOf(gateway)
beforeAll(async () => {
  const key = { apiKeys: [{ credential: { value: KEY } }] }
  const { origin } = vendor
  await storeEveryType(writer, origin, KEY)
  await writer.created({ name: 'azure-pinned', type: 'AZURE', baseUrl: `${origin}/openai/deployments/dep`, ...key })
  await writer.created({ name: 'zai', type: 'OPENAI_COMPAT', baseUrl: `${origin}/api/paas/v4`, ...key })
  await writer.created({ name: 'off', type: 'OPENAI', baseUrl: `${origin}/v1`, enabled: false, ...key })
  token = await callToken(gateway)
})

const call = (path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}, method = 'POST'): Promise<RawAnswer> =>
  rawCall(gateway.url, { path, method, body, headers: { 'x-api-key': token, 'content-type': 'application/json', ...headers } })
const chat = (model: string, headers: Readonly<Record<string, string>> = {}) =>
  call('/v1/chat/completions', JSON.stringify({ model }), headers)
const errorOf = ({ status, body }: RawAnswer) => [status, JSON.parse(body.toString()).error.code]

describe('a model named `provider/model` is called', () => {
  test.each([
    ['openai/gpt-5', '/v1/chat/completions', '/v1/chat/completions', 'authorization', `Bearer ${KEY}`],
    ['openai/gpt-5', '/v1/responses', '/v1/responses', 'authorization', `Bearer ${KEY}`],
    ['openai/gpt-5', '/v1/audio/speech', '/v1/audio/speech', 'authorization', `Bearer ${KEY}`],
    ['anthropic/claude', '/v1/chat/completions', '/v1/chat/completions', 'x-api-key', KEY],
    ['anthropic/claude', '/v1/messages', '/v1/messages', 'x-api-key', KEY],
    ['anthropic/claude', '/v1/messages/count_tokens', '/v1/messages/count_tokens', 'x-api-key', KEY],
    ['google/gemini', '/v1/chat/completions', '/v1beta/openai/chat/completions', 'authorization', `Bearer ${KEY}`],
    ['gemini-openai/gemini', '/v1/embeddings', '/v1beta/openai/embeddings', 'authorization', `Bearer ${KEY}`],
    ['azure/dep', '/v1/chat/completions', '/openai/v1/chat/completions', 'api-key', KEY],
    [
      ...(['azure-pinned/dep', '/v1/chat/completions'] as const),
      ...(['/openai/deployments/dep/chat/completions?api-version=2024-10-21', 'api-key', KEY] as const),
    ],
    ['openrouter/anthropic/claude', '/v1/messages', '/api/v1/messages', 'authorization', `Bearer ${KEY}`],
    ['vercel/openai/gpt-5', '/v1/messages', '/v1/messages', 'authorization', `Bearer ${KEY}`],
    ['zai/glm', '/v1/chat/completions', '/api/paas/v4/chat/completions', 'authorization', `Bearer ${KEY}`],
  ])('%s at %s, at the endpoint that its vendor has for the format', async (model, path, expected, header, value) => {
    expect((await call(path, JSON.stringify({ model }))).status).toBe(200)
    const [request] = vendor.requests
    expect([request?.path, request?.headers[header]]).toEqual([expected, value])
    expect(JSON.parse(request?.body.toString() ?? '')).toEqual({ model: model.slice(model.indexOf('/') + 1) })
    expect(JSON.stringify(request?.rawHeaders)).not.toContain(token)
  })

  test('Bedrock: signed over the bytes that are sent', async () => {
    expect((await chat('bedrock/openai.gpt-oss-20b')).status).toBe(200)
    const [request] = vendor.requests
    expect(request?.path).toBe('/openai/v1/chat/completions')
    expect(request?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256/)
    expect(request?.body.toString()).toBe('{"model":"openai.gpt-oss-20b"}')
  })

  test("Copilot: the caller's own GitHub token passes", async () => {
    const own = 'Bearer ghu_fixture_of_the_caller'
    expect((await chat('copilot/gpt-5', { 'x-api-key': '', 'coder-session-token': token, authorization: own })).status).toBe(200)
    expect([vendor.requests[0]?.path, vendor.requests[0]?.headers.authorization]).toEqual(['/chat/completions', own])
  })

  test("Copilot: the gateway's token may stand in `x-api-key`, and no token of a gateway reaches GitHub", async () => {
    const own = 'Bearer ghu_fixture_of_the_caller'
    expect((await chat('copilot/gpt-5', { authorization: own })).status).toBe(200)
    expect(vendor.requests[0]?.headers.authorization).toBe(own)
    expect(JSON.stringify(vendor.requests[0]?.rawHeaders)).not.toContain(token)
    vendor.requests.length = 0
    for (const authorization of [`Bearer ${token}`, `token ${token}`, token])
      expect(errorOf(await chat('copilot/gpt-5', { authorization }))).toEqual([401, 'invalid_gateway_token'])
    expect(vendor.requests).toHaveLength(0)
  })

  test("another provider: a credential of the caller's own goes nowhere", async () => {
    expect((await chat('openai/gpt-5', { authorization: 'Bearer ghu_fixture_of_the_caller' })).status).toBe(200)
    expect(vendor.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(JSON.stringify(vendor.requests[0]?.rawHeaders)).not.toContain('ghu_')
  })

  test('by the first of two content types, which is the only one that the vendor has', async () => {
    const path = '/v1/chat/completions'
    const begun = beginCall(gateway.url, { path, headers: { 'x-api-key': token } })
    begun.setHeader('content-type', ['application/json', 'application/json; charset=utf-7'])
    begun.end('{"model":"openai/gpt-5"}')
    expect((await readAnswer(await headOf(begun))).status).toBe(200)
    const raw = vendor.requests[0]?.rawHeaders ?? []
    const types = raw.filter((_text, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'content-type')
    expect(types).toEqual(['application/json'])
  })

  test('though no list of models has it, and with the query of the caller', async () => {
    await call('/v1/messages?beta=true', '{"model":"anthropic/never-heard-of"}')
    expect(vendor.requests[0]?.path).toBe('/v1/messages?beta=true')
  })

  test('with every other byte of the body as it came', async () => {
    const before = '{ "x": {"model":"no"}, "n": 12345678901234567890.0e1, "s":"\\u00e9 \\"model\\": \\"a/b\\" é",\n\t"\\u006dodel" : '
    const after = ' , "last":[1 , 2.50, {"model":null}] }\r\n'
    await call('/v1/chat/completions', `${before}"openrouter\\/anthropic/claude-\\u0073onnet"${after}`)
    expect(vendor.requests[0]?.body.toString()).toBe(`${before}"anthropic/claude-sonnet"${after}`)
    expect(vendor.requests[0]?.headers['content-length']).toBe(String(vendor.requests[0]?.body.length))
  })
})

describe('forms', () => {
  const part = (name: string, value: string) => `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const fileBytes = (size: number) =>
    Buffer.concat([
      Buffer.from('--XX\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n'),
      Buffer.alloc(size, 7),
      Buffer.from('\r\n'),
    ])
  const form = { 'content-type': 'multipart/form-data; boundary=XX' }
  const transcribe = (body: Buffer, headers: Readonly<Record<string, string>> = form) => call('/v1/audio/transcriptions', body, headers)
  /** Sent in chunks, so that nobody knows its length. */
  async function chunked(body: Buffer): Promise<RawAnswer> {
    const headers = { 'x-api-key': token, ...form, 'transfer-encoding': 'chunked' }
    const begun = beginCall(gateway.url, { path: '/v1/audio/transcriptions', headers })
    const head = headOf(begun)
    begun.write(body.subarray(0, 1_100_000))
    begun.end(body.subarray(1_100_000))
    return readAnswer(await head)
  }

  test.each([
    ['in front of a small file', 1_000, true],
    ['behind a small file', 1_000, false],
    ['in front of a long file', 3_000_000, true],
    ['behind a long file', 3_000_000, false],
  ])('the part named `model` is replaced, and nothing else: %s', async (_title, size, isFirst) => {
    const file = fileBytes(size)
    const whole = (model: string) => {
      const named = Buffer.from(part('model', model))
      return Buffer.concat([...(isFirst ? [named, file] : [file, named]), Buffer.from('--XX--\r\n')])
    }
    expect((await transcribe(whole('openai/whisper-1'))).status).toBe(200)
    expect(vendor.requests[0]?.body.equals(whole('whisper-1'))).toBe(true)
  })

  test('of unknown length are read for their model up to 1 MiB, and streamed behind that', async () => {
    const whole = (model: string) => Buffer.concat([Buffer.from(part('model', model)), fileBytes(3_000_000), Buffer.from('--XX--\r\n')])
    expect((await chunked(whole('openai/whisper-1'))).status).toBe(200)
    expect(vendor.requests[0]?.body.equals(whole('whisper-1'))).toBe(true)
    const late = Buffer.concat([fileBytes(3_000_000), Buffer.from(part('model', 'openai/whisper-1')), Buffer.from('--XX--\r\n')])
    expect(errorOf(await chunked(late))).toEqual([400, 'model_required'])
  })

  test('that another reader would take apart otherwise are refused to everybody, and to a token with some models', async () => {
    const model = part('model', 'openai/gpt-5')
    const secret = part('model', 'openai/secret')
    const some = { 'x-api-key': await callToken(gateway, { models: ['gpt-5', 'openai/gpt-5'] }) }
    const twice = 'multipart/form-data; boundary=YY; boundary=XX'
    const long = secret.replace('\r\n', `\r\nX-Long: ${'q'.repeat(5_000)}\r\n`)
    for (const [body, type] of [
      [`${secret.replaceAll('XX', 'YY')}--YY--\r\n${model}--XX--\r\n`, twice],
      [`${model}${long}--XX--\r\n`, form['content-type']],
      [`${model}${secret}`, form['content-type']],
      [`${model}${secret}--XX--\r\n`.replaceAll('\r\n', '\n'), form['content-type']],
    ] as const) {
      const headers = { ...some, 'content-type': type }
      expect(errorOf(await transcribe(Buffer.from(body), headers))).toEqual([400, 'body_not_json'])
      expect(errorOf(await call('/ai/openai/v1/audio/transcriptions', body, headers))).toEqual([403, 'model_not_allowed'])
    }
    expect(vendor.requests).toHaveLength(0)
    const whole = `${model}--XX--\r\n`
    expect((await transcribe(Buffer.from(whole), { ...some, ...form })).status).toBe(200)
    expect((await call('/ai/openai/v1/audio/transcriptions', whole, { ...some, ...form })).status).toBe(200)
  })

  test('that name two models, or none, or cannot be read, are refused', async () => {
    const end = '--XX--\r\n'
    const two = part('model', 'openai/a') + part('model', 'openai/b') + end
    expect(errorOf(await transcribe(Buffer.from(two)))).toEqual([400, 'model_ambiguous'])
    expect(errorOf(await transcribe(Buffer.from(part('language', 'de') + end)))).toEqual([400, 'model_required'])
    expect(errorOf(await transcribe(Buffer.from('text'), { 'content-type': 'text/plain' }))).toEqual([400, 'body_not_json'])
    expect(vendor.requests).toHaveLength(0)
  })
})

describe('what cannot be called is told', () => {
  test.each([
    ['no model', '{"messages":[]}', 400, 'model_required'],
    ['no body', '', 400, 'model_required'],
    ['a model that is no text', '{"model":5}', 400, 'model_required'],
    ['two models', '{"model":"openai/a","model":"openai/b"}', 400, 'model_ambiguous'],
    ['two spellings of the name', '{"model":"openai/a","mod\\u0065l":"openai/b"}', 400, 'model_ambiguous'],
    ['two cases of the name', '{"Model":"openai/a","model":"openai/b"}', 400, 'model_ambiguous'],
    ['no JSON', 'model=openai/a', 400, 'body_not_json'],
    ['a list', '["model"]', 400, 'body_not_json'],
    ['half an object', '{"model":"openai/a"', 400, 'body_not_json'],
    ['two objects', '{"model":"openai/a"}{"model":"openai/b"}', 400, 'body_not_json'],
    ['a provider that does not exist', '{"model":"nobody/gpt"}', 404, 'model_not_found'],
    ['a model without a provider', '{"model":"gpt-5"}', 404, 'model_not_found'],
    ['nothing behind the provider', '{"model":"openai/"}', 404, 'model_not_found'],
    ['a name of 3 MB', `{"model":"nobody/${'q'.repeat(3_000_000)}"}`, 404, 'model_not_found'],
    ['a provider whose name is too long', `{"model":"${'q'.repeat(1_001)}/gpt"}`, 404, 'model_not_found'],
    ['a model whose name is too long', `{"model":"openai/${'q'.repeat(501)}"}`, 404, 'model_not_found'],
    ['a disabled provider', '{"model":"off/gpt-5"}', 503, 'provider_disabled'],
  ])('%s', async (_title, body, status, code) => {
    expect(errorOf(await call('/v1/chat/completions', body))).toEqual([status, code])
    expect(vendor.requests).toHaveLength(0)
  })

  test('JSON in another encoding than UTF-8', async () => {
    const some = await callToken(gateway, { models: ['gpt-5'] })
    const headers = { 'x-api-key': some, 'content-type': 'application/json; charset=utf-7' }
    expect(errorOf(await chat('openai/gpt-5', headers))).toEqual([400, 'body_not_json'])
    expect(errorOf(await call('/ai/openai/v1/chat/completions', '{"model":"gpt-5"}', headers))).toEqual([403, 'model_not_allowed'])
    expect(vendor.requests).toHaveLength(0)
  })

  test('a compressed body, whose model cannot be read', async () => {
    const body = gzipSync('{"model":"openai/gpt-5"}')
    expect(errorOf(await call('/v1/chat/completions', body, { 'content-encoding': 'gzip' }))).toEqual([400, 'body_not_json'])
  })

  test.each([
    ['google/gemini', '/v1/messages'],
    ['openai/gpt-5', '/v1/messages/count_tokens'],
    ['azure/dep', '/v1/messages'],
    ['bedrock/claude', '/v1/messages'],
    ['anthropic/claude', '/v1/embeddings'],
    ['anthropic/claude', '/v1/responses'],
  ])('%s at %s, a format that its vendor does not take', async (model, path) => {
    const answer = await call(path, JSON.stringify({ model }))
    expect(answer.status).toBe(400)
    expect(answer.body.toString()).toMatch(/does not support .* Use /)
    expect(vendor.requests).toHaveLength(0)
  })

  test.each([
    ['POST', '/v1/files'],
    ['GET', '/v1/chat/completions'],
    ['POST', '/v1'],
    ['POST', '/v1/chat/completions/'],
    ['POST', '/v1/%63hat/completions'],
    ['OPTIONS', '/v1/chat/completions'],
  ])('%s %s, which is no route of models', async (method, path) => {
    const body = method === 'POST' ? '{"model":"openai/gpt-5"}' : ''
    expect(errorOf(await call(path, body, {}, method))).toEqual([404, 'route_not_supported'])
  })

  test('says of two versions in the path which one to leave out', async () => {
    const { body } = await call('/v1/v1/messages', '{"model":"anthropic/claude"}')
    expect(body.toString()).toContain('Leave the version out of the base URL')
  })

  test('in the shape that the SDK of the path reads', async () => {
    const anthropic = JSON.parse((await call('/v1/messages', '{"model":"nobody/x"}')).body.toString())
    expect(anthropic).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
    const files = JSON.parse((await call('/v1/files', '', { 'anthropic-version': '2023-06-01' })).body.toString())
    expect(files).toMatchObject({ type: 'error', error: { message: expect.stringContaining('below /ai/{provider}') } })
    const openai = JSON.parse((await chat('nobody/x', { 'anthropic-version': '2023-06-01' })).body.toString())
    expect(openai).toMatchObject({ error: { type: 'invalid_request_error', code: 'model_not_found', param: null } })
  })

  test('the refusal of a vendor, as it is', async () => {
    vendor.answerWith(refusal(422, { error: { message: 'No such temperature.' } }))
    const answer = await chat('openai/gpt-5')
    expect([answer.status, answer.body.toString()]).toEqual([422, '{"error":{"message":"No such temperature."}}'])
  })
})

describe('who may call', () => {
  test('nobody without a token, and no token without a scope', async () => {
    expect(errorOf(await chat('openai/gpt-5', { 'x-api-key': '' }))).toEqual([401, 'invalid_gateway_token'])
    expect(errorOf(await chat('openai/gpt-5', { 'x-api-key': gateway.adminToken }))).toEqual([403, 'calls_not_allowed'])
  })

  test('a token with some providers: another one is as unknown as one that does not exist', async () => {
    const some = await callToken(gateway, { providers: [{ name: 'anthropic' }] })
    const answers = [await chat('openai/x', { 'x-api-key': some }), await chat('nobody/x', { 'x-api-key': some })]
    expect(answers.map(errorOf)).toEqual([
      [404, 'model_not_found'],
      [404, 'model_not_found'],
    ])
    expect((await chat('anthropic/claude', { 'x-api-key': some })).status).toBe(200)
  })

  test("a token with some models: by the vendor's name of the model, and only where the body can be read", async () => {
    const some = { 'x-api-key': await callToken(gateway, { models: ['gpt-*'] }) }
    expect((await chat('openai/gpt-5', some)).status).toBe(200)
    expect(errorOf(await chat('openai/o3', some))).toEqual([403, 'model_not_allowed'])
    expect(errorOf(await call('/v1/chat/completions', '{"model":"openai/gpt-5","x":nul}', some))).toEqual([400, 'body_not_json'])
  })

  test('no more calls in a minute than the token may make', async () => {
    const one = { 'x-api-key': await callToken(gateway, { requestsPerMinute: 1 }) }
    expect((await chat('openai/gpt-5', one)).status).toBe(200)
    expect(errorOf(await chat('openai/gpt-5', one))).toEqual([429, 'token_rate_limited'])
  })
})

test.each(['/chat/completions', '/messages', '/v1beta/models/gemini:generateContent'])(
  'an SDK whose base URL lacks its path shows where model calls are: %s',
  async (path) => {
    const { status, body } = await call(path, '{"model":"m"}')
    expect([status, JSON.parse(body.toString()).error.message]).toEqual([404, expect.stringContaining('/v1 and /ai/{provider}')])
  },
)
