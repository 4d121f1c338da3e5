import { EventEmitter, once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { type CallVendor, chatAnswer, chunkOf, startCallVendor } from '../support/call-vendor.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { sampleOf } from '../support/metrics.ts'
import { writerOf } from '../support/providers.ts'
import { beginCall, headOf, type RawCall, rawCall } from '../support/raw-call.ts'
import { ANSWERS } from '../support/usage-answers.ts'
import { JSON_TYPE } from '../support/usage-shapes.ts'

const METRICS_TOKEN = 'metrics-token-of-32-characters-or-more'
const key = (name: string) => [{ credential: { value: `sk-usage-${name}-aaaa-bbbb` } }]
let gateway: TestGateway
let vendor: CallVendor
let token: string
/** Calls that are over. */
let finished = 0
let onFinished = () => {}

beforeAll(async () => {
  vendor = await startCallVendor()
  const log = (line: string) => {
    if (!line.includes('"route":"ai"')) return
    finished += 1
    // The metrics count in the same turn.
    setImmediate(() => onFinished())
  }
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback', METRICS_TOKEN }, log })
  const writer = writerOf(gateway)
  const { origin } = vendor
  await writer.created({ name: 'openai', type: 'OPENAI', baseUrl: `${origin}/v1`, apiKeys: key('openai') })
  await writer.created({ name: 'anthropic', type: 'ANTHROPIC', baseUrl: origin, apiKeys: key('anthropic') })
  await writer.created({ name: 'google', type: 'GOOGLE', baseUrl: origin, apiKeys: key('google') })
  await writer.created({
    name: 'bedrock',
    type: 'BEDROCK',
    baseUrl: origin,
    settings: { bedrock: { region: 'eu-central-1', accessKey: 'AKIAFIXTUREAAAABBBB7', accessKeySecret: 'sk-aws-usage-fixture-aaaa-bbbb' } },
  })
  token = await callToken(gateway)
})
afterAll(async () => {
  await gateway.close()
  await vendor.close()
})
beforeEach(() => {
  vendor.requests.length = 0
})

const asking = (path: string, more: Partial<RawCall> = {}, given = token): RawCall => ({
  ...{ path, body: '{"model":"m"}', ...more },
  headers: { authorization: `Bearer ${given}`, 'content-type': JSON_TYPE, ...more.headers },
})

async function counted(type: string): Promise<{ readonly input: number; readonly output: number }> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` }
  const { body } = await rawCall(gateway.url, { method: 'GET', path: '/metrics', headers })
  const of = (direction: string) => sampleOf(body.toString(), 'gateway_ai_tokens_total', { type, direction }) ?? 0
  return { input: of('input'), output: of('output') }
}

/** What the metrics count of a call when it is over. */
async function countedOf(type: string, call: () => Promise<void>): Promise<{ readonly input: number; readonly output: number }> {
  const before = await counted(type)
  const wanted = finished + 1
  const over = new Promise<void>((resolve) => {
    onFinished = () => {
      if (finished >= wanted) resolve()
    }
  })
  await call()
  await over
  const after = await counted(type)
  return { input: after.input - before.input, output: after.output - before.output }
}

describe('what a call used is counted, and its answer comes as the vendor sent it', () => {
  test.each([
    ['OpenAI, chat: cache', 'OPENAI', '/ai/openai/v1/chat/completions', 'gzip'],
    ['OpenAI, chat stream with include_usage', 'OPENAI', '/ai/openai/v1/chat/completions', ''],
    ['OpenAI, Responses stream', 'OPENAI', '/ai/openai/v1/responses', 'gzip'],
    ['Anthropic, stream: the end', 'ANTHROPIC', '/ai/anthropic/v1/messages', ''],
    ['Google, stream of events', 'GOOGLE', '/ai/google/v1beta/models/m:streamGenerateContent?alt=sse', ''],
    ['Google, stream that is an array', 'GOOGLE', '/ai/google/v1beta/models/m:streamGenerateContent', ''],
    ['Bedrock, Converse stream', 'BEDROCK', '/ai/bedrock/model/m/converse-stream', ''],
    ['Bedrock, InvokeModel: headers', 'BEDROCK', '/ai/bedrock/model/m/invoke', ''],
    ['Bedrock, stream of InvokeModel', 'BEDROCK', '/ai/bedrock/model/m/invoke-with-response-stream', ''],
    ['OpenRouter, stream', 'OPENAI', '/ai/openai/v1/chat/completions', ''],
  ])('%s', async (name, type, path, encoding) => {
    const answer = ANSWERS.find((one) => one.name.startsWith(name))
    if (answer === undefined) throw new Error(`There is no answer "${name}".`)
    const body = encoding === 'gzip' ? gzipSync(answer.body) : answer.body
    const half = Math.floor(body.length / 2)
    vendor.answerWith((_request, response) => {
      const own = [...(answer.headers ?? []), ...(encoding === '' ? [] : ['content-encoding', encoding])]
      response.writeHead(200, ['content-type', answer.contentType, ...own])
      response.write(body.subarray(0, half), () => response.end(body.subarray(half)))
    })
    const used = await countedOf(type, async () => {
      const { status, body: came } = await rawCall(gateway.url, asking(path))
      expect([status, came.equals(body)]).toEqual([200, true])
    })
    expect(used).toEqual({ input: answer.usage?.inputTokens, output: answer.usage?.outputTokens })
  })

  test('a caller that leaves is counted with what was known by then', async () => {
    const start = { type: 'message_start', message: { usage: { input_tokens: 25, output_tokens: 1 } } }
    vendor.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`event: message_start\ndata: ${JSON.stringify(start)}\n\n`)
    })
    const used = await countedOf('ANTHROPIC', async () => {
      const call = beginCall(gateway.url, asking('/ai/anthropic/v1/messages'))
      const answer = await headOf(call)
      answer.once('data', () => call.destroy())
    })
    expect(used).toEqual({ input: 25, output: 1 })
  })

  test('a read tells of another call, and counts nothing', async () => {
    vendor.answerWith(chatAnswer)
    const used = await countedOf('OPENAI', async () => {
      await rawCall(gateway.url, asking('/ai/openai/v1/responses/resp_1', { method: 'GET', body: '' }))
    })
    expect(used).toEqual({ input: 0, output: 0 })
  })
})

describe('a token with so many tokens a day', () => {
  test.each(['/ai/openai/v1/chat/completions', '/v1/chat/completions'])('asks for the figures of its streams at %s', async (path) => {
    vendor.answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chunkOf('Hi'))
    })
    const limited = await callToken(gateway, { tokensPerDay: 1_000_000 })
    const body = '{"model":"openai/m", "stream":true,"stream_options":{"include_usage":false}, "n":12345678901234567890}'
    await rawCall(gateway.url, asking(path, { body, headers: { 'accept-encoding': 'zstd, gzip' } }, limited))
    const [sent] = vendor.requests
    const model = path.startsWith('/v1') ? 'm' : 'openai/m'
    expect(sent?.body.toString()).toBe(body.replace('false', 'true').replace('openai/m', model))
    expect(sent?.headers['accept-encoding']).toBe('identity')
    const twice = await rawCall(gateway.url, asking(path, { body: body.replace('"n"', '"stream_options"') }, limited))
    expect([twice.status, JSON.parse(twice.body.toString()).error.code]).toEqual([400, 'body_not_json'])
  })

  test.each(['', 'gzip'])('gets past them by no early leave: its answer is read to the end (encoding "%s")', async (encoding) => {
    const encoded = (text: string) => (encoding === '' ? Buffer.from(text) : gzipSync(text))
    const caller = new EventEmitter()
    vendor.answerWith(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding || 'identity' })
      response.write(encoded(chunkOf('All that was asked.')))
      await once(caller, 'left')
      response.end(encoded('data: {"choices":[],"usage":{"prompt_tokens":25,"completion_tokens":7}}\n\ndata: [DONE]\n\n'))
    })
    const limited = await callToken(gateway, { tokensPerDay: 1_000_000 })
    const used = await countedOf('OPENAI', async () => {
      const call = beginCall(gateway.url, asking('/ai/openai/v1/chat/completions', { body: '{"model":"m","stream":true}' }, limited))
      const answer = await headOf(call)
      answer.once('data', () => call.destroy())
      await once(call, 'close')
      // By its answer the gateway has seen that the caller is gone.
      await rawCall(gateway.url, { method: 'GET', path: '/healthz' })
      caller.emit('left')
    })
    expect(used).toEqual({ input: 25, output: 7 })
  })
})
