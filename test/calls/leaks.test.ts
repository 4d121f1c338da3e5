import { brotliCompressSync, brotliDecompressSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { startCallVendor } from '../support/call-vendor.ts'
import { leaksIn } from '../support/planted.ts'
import { writerOf } from '../support/providers.ts'
import { rawCall } from '../support/raw-call.ts'
import { everythingStored } from '../support/store.ts'
import { startTraceCollector } from '../support/trace-collector.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const METRICS_TOKEN = 'metrics-token-of-32-characters-or-more'
const PROMPT = 'a-prompt-that-nobody-else-may-read-0123456789'
const ANSWER = 'an-answer-that-nobody-else-may-read-987654321'
const CALLERS_OWN = 'ghu-a-github-token-of-the-caller-0123456789'
/** The keys of all types; a caller sees none of them, and no provider is sent another's. */
const keys: string[] = []
const lines: string[] = []
let token: string
let now = Date.now()

const SLOTS = {
  openai: [(value: string) => ({ authorization: `Bearer ${value}` }), '/v1/chat/completions'],
  azure: [(value: string) => ({ 'api-key': value }), '/openai/v1/responses'],
  anthropic: [(value: string) => ({ 'x-api-key': value }), '/v1/messages'],
  google: [(value: string) => ({ 'x-goog-api-key': value }), '/v1beta/models/gemini:generateContent'],
  groq: [(value: string) => ({ 'coder-session-token': value, authorization: `Bearer ${value}` }), '/v1/chat/completions'],
  openrouter: [(value: string) => ({ authorization: `bearer ${value}`, 'x-api-key': value, 'api-key': value }), '/v1/chat/completions'],
  vercel: [(value: string) => ({ authorization: `Bearer ${value}`, cookie: `session=${value}` }), '/v1/chat/completions'],
  bedrock: [(value: string) => ({ authorization: `Bearer ${value}`, 'x-amz-security-token': value }), '/model/claude-v1%3A0/converse'],
  copilot: [(value: string) => ({ 'coder-session-token': value, authorization: `Bearer ${CALLERS_OWN}` }), '/chat/completions'],
} satisfies Record<string, readonly [(value: string) => Readonly<Record<string, string>>, string]>

const collector = useStarted(startTraceCollector)
const vendor = useStarted(startCallVendor)
const gateway = useGateway(() => {
  // The SDK reads its variables itself.
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  const environment = { OUTBOUND_ALLOW: 'loopback', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, METRICS_TOKEN }
  return { environment, log: (line) => void lines.push(line), clock: () => new Date(now) }
})
beforeAll(async () => {
  token = await callToken(gateway)
  const writer = writerOf(gateway)
  const types = {
    openai: 'OPENAI',
    azure: 'AZURE',
    anthropic: 'ANTHROPIC',
    google: 'GOOGLE',
    groq: 'OPENAI_COMPAT',
    openrouter: 'OPENROUTER',
    vercel: 'VERCEL',
  }
  for (const [name, type] of Object.entries(types)) {
    const value = `sk-leaks-of-${name}-fixture-aaaa-bbbb`
    keys.push(value)
    await writer.created({ name, type, baseUrl: vendor.origin, apiKeys: [{ credential: { value } }] })
  }
  const accessKeySecret = 'sk-leaks-of-aws-fixture-aaaa-bbbb'
  keys.push(accessKeySecret)
  const bedrock = { region: 'eu-central-1', accessKey: 'AKIALEAKSFIXTUREAAAA', accessKeySecret }
  await writer.created({ name: 'bedrock', type: 'BEDROCK', baseUrl: vendor.origin, settings: { bedrock } })
  await writer.created({ name: 'copilot', type: 'COPILOT', baseUrl: vendor.origin })
  const targets = [{ provider: { name: 'openai' }, model: 'm' }]
  const input = { name: 'fast', targets }
  await gateway.ask('mutation ($input: CreateModelRouteInput!) { createModelRoute(input: $input) { __typename } }', { input })
})
afterAll(async () => {
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL']) delete process.env[name]
})

/** How a body is coded and decoded. */
const ENCODINGS = {
  identity: [(body: Buffer) => body, (body: Buffer) => body],
  gzip: [gzipSync, gunzipSync],
  deflate: [deflateSync, inflateSync],
  br: [brotliCompressSync, brotliDecompressSync],
} as const
type Encoding = keyof typeof ENCODINGS
const isEncoding = (name: string): name is Encoding => name in ENCODINGS

/** Says back what it was sent, as vendors do in their errors. */
const echo = (status: number, encoding: Encoding) =>
  vendor.answerWith((request, response) => {
    const message = `Refused: ${JSON.stringify(request.headers)}`
    const body = Buffer.from(JSON.stringify({ error: { message }, message }))
    const [code] = ENCODINGS[encoding]
    response.writeHead(status, { 'content-type': 'application/json', 'x-echoed': message.slice(0, 2_000), 'content-encoding': encoding })
    response.end(code(body))
  })
const answerAll = () =>
  vendor.answerWith((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: {"choices":[{"delta":{"content":"${ANSWER}"}}]}\n\n`)
    response.end('data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}}\n\n')
  })

/** Every type is called, with the token in every slot that its SDK or a proxy might use, and in its query. */
async function callAll(): Promise<string> {
  const answers: string[] = []
  for (const [name, [headers, path]] of Object.entries(SLOTS)) {
    const {
      body,
      headers: answered,
      rawHeaders,
    } = await rawCall(gateway.url, {
      path: `/ai/${name}${path}?key=${token}&token=${token}`,
      headers: { 'content-type': 'application/json', 'x-unknown': token, 'accept-encoding': 'gzip, deflate, br', ...headers(token) },
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: PROMPT }] }),
    })
    const encoding = answered['content-encoding'] ?? 'identity'
    const [, decode] = ENCODINGS[isEncoding(encoding) ? encoding : 'identity']
    answers.push(rawHeaders.join('\n'), decode(body).toString('latin1'))
  }
  return answers.join('\n')
}

const STATUSES = [400, 401, 402, 403, 404, 422, 429, 500, 529]

test('the vendor never sees a gateway token in any slot, nor the key of another provider', async () => {
  answerAll()
  await callAll()
  expect(vendor.requests).toHaveLength(Object.keys(SLOTS).length)
  for (const { path, rawHeaders, body } of vendor.requests) {
    const sent = `${path}\n${rawHeaders.join('\n')}\n${body.toString('latin1')}`
    expect(leaksIn(sent, [token, gateway.adminToken])).toEqual([])
    expect(leaksIn(sent, keys).length).toBeLessThanOrEqual(1)
  }
})

test.each(STATUSES)('a caller never sees a key in a refusal of status %s that says it back, plain or compressed', async (status) => {
  for (const encoding of Object.keys(ENCODINGS).filter(isEncoding)) {
    echo(status, encoding)
    const answers = await callAll()
    expect(leaksIn(answers, keys)).toEqual([])
    // Each key may be tried again.
    now += 7_200_000
  }
})

test('no token, key, prompt or answer is in the log, the database, the metrics or the traces, in whatever encoding', async () => {
  answerAll()
  expect(await callAll()).toContain(ANSWER)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  await rawCall(gateway.url, { path: '/v1/chat/completions', headers, body: JSON.stringify({ model: 'fast', messages: [PROMPT] }) })
  const metrics = await rawCall(gateway.url, { method: 'GET', path: '/metrics', headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
  await gateway.stop()
  const hidden = [token, ...keys, PROMPT, ANSWER, CALLERS_OWN]
  const traces = collector.bodies.join('\n')
  expect(traces).toContain('gen_ai.operation.name')
  expect(lines.length).toBeGreaterThan(0)
  const places = { log: lines.join('\n'), metrics: metrics.body.toString(), traces, stored: await everythingStored(gateway) }
  expect(Object.entries(places).flatMap(([place, text]) => leaksIn(text, hidden).map((found) => `${place}: ${found}`))).toEqual([])
})

test('the span of a call has the names that OpenTelemetry gives calls of models, and the model, but no text of them', () => {
  const spans = collector.spans.filter(({ attributes }) => attributes.some(({ key }) => key === 'gen_ai.operation.name'))
  const attributesOf = ({ attributes }: (typeof spans)[number]) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
  const [first] = spans
  expect([first?.name, first && attributesOf(first)]).toEqual([
    'chat m',
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'm',
      'server.address': '127.0.0.1',
      'server.port': expect.anything(),
      'gateway.call.outcome': 'OK',
      'gateway.call.attempts': 1,
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 3,
    },
  ])
  expect(spans.map((span) => attributesOf(span)['gateway.call.route']).filter((name) => name !== undefined)).toEqual(['fast'])
  const providers = new Set(spans.map((span) => attributesOf(span)['gen_ai.provider.name']))
  expect([...providers].sort()).toEqual([
    'anthropic',
    'aws.bedrock',
    'azure.ai.openai',
    'gcp.gemini',
    'github.copilot',
    'groq',
    'openai',
    'openrouter',
    'vercel',
  ])
})
