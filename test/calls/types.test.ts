import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { refusal, useCallVendor } from '../support/call-vendor.ts'
import { storeEveryType } from '../support/every-type.ts'
import { writerOf } from '../support/providers.ts'
import { type RawAnswer, rawCall } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

const KEY = 'sk-types-fixture-aaaa-bbbb-cccc'
let token: string

const vendor = useCallVendor()
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const writer = writerOf(gateway)
beforeAll(async () => {
  const key = { apiKeys: [{ credential: { value: KEY } }] }
  const { origin } = vendor
  await storeEveryType(writer, origin, KEY)
  await writer.created({
    name: 'claude-login',
    type: 'ANTHROPIC',
    baseUrl: origin,
    apiKeys: [{ credential: { value: 'sk-ant-oat01-fixture-aaaa-bbbb' } }],
  })
  await writer.created({ name: 'deepgram', type: 'OPENAI_COMPAT', baseUrl: origin, ...key })
  await writer.created({ name: 'mistral', type: 'OPENAI_COMPAT', baseUrl: `${origin}/v1`, ...key })
  for (const name of ['cohere', 'perplexity', 'ollama', 'assemblyai'])
    await writer.created({ name, type: 'OPENAI_COMPAT', baseUrl: origin, ...key })
  await writer.created({ name: 'elevenlabs', type: 'OPENAI_COMPAT', baseUrl: origin, ...key })
  token = await callToken(gateway)
})

const call = (path: string, headers: Readonly<Record<string, string>> = {}, body = '{"model":"m"}', method = 'POST'): Promise<RawAnswer> =>
  rawCall(gateway.url, {
    ...{ path: `/ai/${path}`, method, body: method === 'GET' ? '' : body },
    headers: { 'x-api-key': token, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
  })
/** What the vendor was asked, and with which of these headers. */
const asked = (...names: readonly string[]) => {
  const [request] = vendor.requests
  return [request?.path, ...names.map((name) => request?.headers[name])]
}

describe('every type sends the stored key where its vendor wants it', () => {
  test.each([
    ['openai/v1/chat/completions', '/v1/chat/completions', 'authorization', `Bearer ${KEY}`],
    ['anthropic/v1/messages', '/v1/messages', 'x-api-key', KEY],
    ['claude-login/v1/messages', '/v1/messages', 'authorization', 'Bearer sk-ant-oat01-fixture-aaaa-bbbb'],
    ['google/v1beta/models/gemini:generateContent', '/v1beta/models/gemini:generateContent', 'x-goog-api-key', KEY],
    ['gemini-openai/v1/chat/completions', '/v1beta/openai/chat/completions', 'authorization', `Bearer ${KEY}`],
    ['azure/openai/v1/responses', '/openai/v1/responses', 'api-key', KEY],
    ['deepgram/v1/listen', '/v1/listen', 'authorization', `Token ${KEY}`],
    ['elevenlabs/v1/text-to-speech/voice', '/v1/text-to-speech/voice', 'xi-api-key', KEY],
    ['openrouter/v1/chat/completions', '/api/v1/chat/completions', 'authorization', `Bearer ${KEY}`],
    ['vercel/v1/ai/language-model', '/v1/ai/language-model', 'authorization', `Bearer ${KEY}`],
  ])('%s', async (path, expected, header, value) => {
    expect((await call(path)).status).toBe(200)
    expect(asked(header)).toEqual([expected, value])
    expect(JSON.stringify(vendor.requests[0]?.rawHeaders)).not.toContain(token)
  })

  test("Anthropic: the caller's version and betas stay, and what the key needs is added to them", async () => {
    await call('claude-login/v1/messages', { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'context-1m-2025-08-07' })
    expect(asked('anthropic-version', 'anthropic-beta')).toEqual(['/v1/messages', '2026-10-21', 'context-1m-2025-08-07,oauth-2025-04-20'])
    vendor.requests.length = 0
    await call('anthropic/v1/messages')
    expect(asked('anthropic-version', 'anthropic-beta')).toEqual(['/v1/messages', '2023-06-01', undefined])
  })

  test('Azure: a deployment gets an api-version unless the caller names one', async () => {
    await call('azure/openai/deployments/dep/chat/completions')
    await call('azure/openai/deployments/dep/chat/completions?api-version=2025-01-01')
    expect(vendor.requests.map(({ path }) => path)).toEqual([
      '/openai/deployments/dep/chat/completions?api-version=2024-10-21',
      '/openai/deployments/dep/chat/completions?api-version=2025-01-01',
    ])
  })

  test('Bedrock: signed over the path as it was sent, the query and the bytes of the body', async () => {
    const path = 'bedrock/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ainference-profile%2Fx/converse'
    expect((await call(path, {}, '{"messages":[]}')).status).toBe(200)
    const [request] = vendor.requests
    expect(request?.path).toBe('/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ainference-profile%2Fx/converse')
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAFIXTUREAAAABBBB1\/\d{8}\/eu-central-1\/bedrock\/aws4_request/,
    )
    expect(request?.headers['x-api-key']).toBeUndefined()
  })

  test("Copilot: the caller's own GitHub token passes, and the gateway's never does", async () => {
    const own = 'Bearer ghu_fixture_of_the_caller'
    expect((await call('copilot/chat/completions', { authorization: own })).status).toBe(200)
    expect((await call('copilot/chat/completions', { 'x-api-key': '', 'coder-session-token': token, authorization: own })).status).toBe(200)
    expect(vendor.requests.map(({ headers }) => headers.authorization)).toEqual([own, own])
    vendor.requests.length = 0
    expect((await call('copilot/chat/completions', { 'x-api-key': '', authorization: `Bearer ${token}` })).status).toBe(401)
    expect((await call('copilot/chat/completions', { authorization: `Bearer ${token}` })).status).toBe(401)
    expect((await call('copilot/chat/completions')).status).toBe(401)
    expect(vendor.requests).toEqual([])
  })

  test("Copilot: what GitHub says of the caller's token is for the caller", async () => {
    vendor.answerWith(refusal(401, { error: { message: 'bad credentials' } }))
    const { status, body } = await call('copilot/chat/completions', { authorization: 'Bearer ghu_fixture_of_the_caller' })
    expect([status, body.toString()]).toEqual([401, '{"error":{"message":"bad credentials"}}'])
  })
})

describe('headers of the caller', () => {
  const PASSED = {
    ...{ accept: 'application/json', 'accept-language': '*', 'accept-encoding': 'gzip, deflate', 'user-agent': 'OpenAI/JS 6.49.0' },
    ...{ 'x-stainless-lang': 'js', 'openai-organization': 'org', 'openai-beta': 'x', 'idempotency-key': 'i', traceparent: '00-a-b-01' },
    ...{ 'x-title': 't', 'http-referer': 'r', 'x-goog-api-client': 'g', 'ai-language-model-id': 'm', 'ai-gateway-auth-method': 'api-key' },
    ...{
      'editor-version': 'e',
      'copilot-integration-id': 'c',
      'x-initiator': 'user',
      'x-fern-language': 'JavaScript',
      'anthropic-beta': 'b',
      'api-revision': '2026-05-20',
      'x-runway-version': '2024-11-06',
      'x-openrouter-title': 't',
    },
  }
  const DROPPED = {
    ...{
      cookie: 'a=b',
      origin: 'https://x',
      referer: 'https://x',
      'sec-fetch-mode': 'cors',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=x',
    },
    ...{
      via: '1.1 x',
      'x-real-ip': '10.0.0.1',
      'cf-connecting-ip': '10.0.0.1',
      'x-amz-security-token': 'z',
      'proxy-authorization': 'Basic x',
    },
    ...{
      'x-portkey-custom-host': 'evil',
      'helicone-target-url': 'evil',
      'x-host-override': 'evil',
      'openai-base-url': 'evil',
      'x-unknown': '1',
    },
    ...{ 'api-key': 'other', 'x-goog-api-key': 'other', 'anthropic-auth-token': 'other', 'x-nominated': '1', 'openai-nominated': '1' },
  }

  test('reach the vendor when they are on the list, and not otherwise', async () => {
    const headers = { ...PASSED, ...DROPPED, connection: 'close, openai-nominated' }
    expect((await call('openai/v1/chat/completions', headers)).status).toBe(200)
    const sent = vendor.requests[0]?.headers ?? {}
    expect(Object.fromEntries(Object.keys(PASSED).map((name) => [name, sent[name]]))).toEqual(PASSED)
    expect(Object.keys(DROPPED).filter((name) => sent[name] !== undefined)).toEqual([])
  })

  test('tell how the body is read, whatever `Connection` says', async () => {
    const headers = { connection: 'content-type, content-encoding', 'content-encoding': 'identity' }
    expect((await call('openai/v1/chat/completions', headers)).status).toBe(200)
    const { 'content-type': type, 'content-encoding': encoding } = vendor.requests[0]?.headers ?? {}
    expect([type, encoding]).toEqual(['application/json', 'identity'])
  })

  test("are outdone by the provider's own, and these by the credential", async () => {
    const extraHeaders = [
      { name: 'X-Title', value: 'of the provider' },
      { name: 'x-tenant', value: 'a' },
    ]
    await writer.created({
      name: 'relayed',
      type: 'OPENAI',
      baseUrl: `${vendor.origin}/v1`,
      apiKeys: [{ credential: { value: KEY } }],
      network: { extraHeaders },
    })
    expect((await call('relayed/v1/chat/completions', { 'x-title': 'of the caller' })).status).toBe(200)
    expect(asked('x-title', 'x-tenant', 'authorization')).toEqual(['/v1/chat/completions', 'of the provider', 'a', `Bearer ${KEY}`])
  })

  test('the query passes byte for byte, without what could carry a token', async () => {
    await call(`google/v1beta/models/g:streamGenerateContent?alt=sse&key=${token}&a=%2F%20&%6bey=x&$.key=y&token=z&access_token=q`)
    expect(vendor.requests[0]?.path).toBe('/v1beta/models/g:streamGenerateContent?alt=sse&a=%2F%20')
  })

  test('the query brings no header nor method past the lists of what passes', async () => {
    await call('google/v1beta/models/g:generateContent?$httpHeaders=X-Goog-FieldMask%3Acandidates&%24http%4dethod=DELETE&b=1')
    expect(vendor.requests[0]?.path).toBe('/v1beta/models/g:generateContent?b=1')
  })
})

describe('our errors come in the shape that the SDK reads', () => {
  const json = ({ body }: RawAnswer) => JSON.parse(body.toString())

  test('OpenAI, and all who copy it', async () => {
    const answer = await call('openai/v1/files')
    expect([answer.status, answer.headers['content-type'], answer.headers['x-should-retry']]).toEqual([
      404,
      'application/json; charset=utf-8',
      'false',
    ])
    expect(json(answer)).toEqual({
      error: {
        ...{ message: expect.stringMatching(/^route not supported: POST \/v1\/files\. The gateway .* `callRoutes: ALL`\.$/) },
        ...{ type: 'invalid_request_error', param: null, code: 'route_not_supported' },
      },
    })
  })

  const TWO_VERSIONS = [
    ...['anthropic/v1/v1/messages', 'mistral/v1/v1/chat/completions', 'google/v1beta/v1beta/models/g:generateContent'],
    ...['openrouter/api/v1/v1/responses', 'azure/openai/v1/v1/responses', 'cohere/v1/v2/chat', 'copilot/v1/v1/messages'],
  ]
  test.each(TWO_VERSIONS)('a base URL that ends in the version which the SDK adds: the answer says so, for any type: %s', async (path) => {
    const { status, body } = await call(path)
    expect([status, body.toString(), vendor.requests]).toEqual([404, expect.stringContaining('Leave the version out of the base URL'), []])
  })

  test('a deployment that the base URL does not name, and a method that never passes: no admin is said to be able to allow them', async () => {
    const baseUrl = `${vendor.origin}/openai/deployments/pinned`
    await writer.created({ name: 'pinned', type: 'AZURE', baseUrl, apiKeys: [{ credential: { value: KEY } }] })
    const { message } = json(await call('pinned/openai/deployments/other/chat/completions')).error
    expect(message).toMatch(/^route not supported: POST .*\. The provider's base URL names another deployment\.$/)
    expect(json(await call('openai/v1/models', {}, '', 'TRACE')).error.message).toBe('route not supported: TRACE /v1/models')
  })

  test('no token, in headers that are not read: the answer names those that are', async () => {
    const elsewhere = { 'x-api-key': '', authorization: `Token ${token}`, 'xi-api-key': token }
    const { message } = json(await call('openai/v1/chat/completions', elsewhere)).error
    for (const slot of ['Authorization: Bearer', 'x-api-key', 'api-key', 'x-goog-api-key']) expect(message).toContain(slot)
  })

  test('Anthropic', async () => {
    const answer = await call('anthropic/v1/organizations/me')
    expect(json(answer)).toEqual({
      ...{ type: 'error', error: { type: 'not_found_error', message: expect.any(String) }, message: expect.any(String) },
      request_id: answer.headers['x-gateway-request-id'],
    })
  })

  test('Google', async () => {
    expect(json(await call('google/v1beta/tunedModels/x:generateContent'))).toMatchObject({
      error: { code: 404, status: 'NOT_FOUND', details: [{ reason: 'route_not_supported', domain: 'gateway' }] },
    })
  })

  test("Google's OpenAI mode, told by the base URL", async () => {
    expect(json(await call('gemini-openai/v1/files'))).toMatchObject({ error: { code: 'route_not_supported' } })
  })

  test('AWS', async () => {
    const answer = await call('bedrock/model/x/delete')
    expect([json(answer), answer.headers['x-amzn-errortype']]).toEqual([{ message: expect.any(String) }, 'ResourceNotFoundException'])
  })

  test("Bedrock's OpenAI API, told by the version in its path", async () => {
    expect(json(await call('bedrock/v1/files'))).toMatchObject({ error: { code: 'route_not_supported' } })
  })

  test.each(['mistral/v1/files', 'cohere/v1/keys'])("Mistral's and Cohere's at the top, and OpenAI's: %s", async (path) => {
    const read = { message: expect.stringContaining('route not supported'), type: 'invalid_request_error', param: null }
    expect(json(await call(path))).toEqual({
      object: 'error',
      ...read,
      code: 'route_not_supported',
      error: { ...read, code: 'route_not_supported' },
    })
  })

  test("Perplexity's, whose code is a number", async () => {
    expect(json(await call('perplexity/v1/files'))).toEqual({
      error: { message: expect.stringContaining('route not supported'), type: 'route_not_supported', code: 404 },
    })
  })

  test.each([
    ['ollama/api/pull', 404, 'route not supported'],
    ['assemblyai/v2/transcript/keys', 404, 'route not supported'],
  ])("Ollama's and AssemblyAI's own, a text: %s", async (path, status, words) => {
    const answer = await call(path)
    expect([answer.status, json(answer)]).toEqual([status, { error: expect.stringContaining(words) }])
    expect(json(await call(path, { 'x-api-key': 'wrong' }))).toEqual({ error: expect.stringContaining('not valid') })
  })

  test('a stranger is answered by the path alone, whatever the type of the provider', async () => {
    const wrong = { 'x-api-key': 'wrong' }
    expect(json(await call('openai/v1/messages', wrong)).type).toBe('error')
    expect(json(await call('nobody/v1/messages', wrong)).type).toBe('error')
    expect(json(await call('anthropic/v1/chat/completions', wrong)).error.code).toBe('invalid_gateway_token')
    expect(json(await call('openai/v1beta/models/x:generateContent', wrong)).error.status).toBe('UNAUTHENTICATED')
    expect((await call('nobody/model/x/converse', wrong)).headers['x-amzn-errortype']).toBe('UnrecognizedClientException')
    expect((await call('nobody/model/x/converse', wrong)).headers['www-authenticate']).toBe('Bearer')
  })

  test('a signature of AWS is told to use a token', async () => {
    const answer = await call('bedrock/model/x/converse', { 'x-api-key': '', authorization: 'AWS4-HMAC-SHA256 Credential=x' })
    expect([answer.status, json(answer).message]).toEqual([401, expect.stringContaining('use a token')])
  })
})

test.each([
  ...['mistral/v1/fim/completions', 'mistral/v1/agents/completions', 'mistral/v1/chat/moderations', 'mistral/v1/chat/classifications'],
  ...['mistral/v1/classifications', 'mistral/v1/ocr', 'openrouter/v1/images', 'google/v1beta/interactions'],
  'google/v1beta/interactions/i1/cancel',
])("a call by the vendor's own SDK passes: POST %s", async (path) => {
  expect((await call(path)).status).toBe(200)
})

test.each([...['google/v1beta/interactions/i1', 'google/v1beta1/publishers/google/models', 'google/v1beta1/publishers/google/models/g']])(
  "a call by the vendor's own SDK passes: GET %s",
  async (path) => {
    expect((await call(path, {}, '', 'GET')).status).toBe(200)
  },
)

describe('what never passes by default', () => {
  test.each([
    ...[
      'openai/v1/organization/admin_api_keys',
      'openai/v1/files',
      'openai/v1/batches',
      'openai/v1/fine_tuning/jobs',
      'openai/v1/assistants',
    ],
    ...[
      'openai/v1/vector_stores',
      'openai/v1/organization/v1/chat/completions',
      'openrouter/v1/key',
      'openrouter/v1/credits',
      'vercel/v1/credits',
    ],
    ...['anthropic/v1/messages/batches', 'deepgram/v1/projects/p/keys', 'elevenlabs/v1/user', 'google/v1beta/files', 'azure/openai/files'],
  ])('%s', async (path) => {
    expect((await call(path)).status).toBe(404)
    expect(vendor.requests).toEqual([])
  })

  test.each([
    'openai/v1/../admin',
    'openai/v1/%2e%2e/admin',
    'openai/v1/%252e%252e/admin',
    'openai/v1//x',
    'openai/v1/a%5c..',
    'openai/v1/%zz',
  ])('%s', async (path) => {
    const answer = await call(path)
    expect([answer.status, JSON.parse(answer.body.toString()).error.code]).toEqual([400, 'invalid_path'])
    expect(vendor.requests).toEqual([])
  })
})
