import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { chatAnswer, chunkOf, openStream, refusal, useCallVendor } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { beginCall, headOf, type RawCall, rawCall, readAnswer } from '../support/raw-call.ts'
import { withStore } from '../support/store.ts'
import { useGateway } from '../support/use.ts'

const KEY = 'sk-operations-fixture-aaaa-bbbb'
const METRICS_TOKEN = 'metrics-token-of-32-characters-or-more'
const lines: string[] = []
let token: string

const vendor = useCallVendor()
const limits = { CALLS_PER_TOKEN: '2', CALLS_PER_PROVIDER: '3', CALL_STOP_GRACE_SECONDS: '1' }
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', METRICS_TOKEN, ...limits }, log: (line) => void lines.push(line) })
beforeAll(async () => {
  await writerOf(gateway).created({
    name: 'watched',
    type: 'OPENAI',
    baseUrl: `${vendor.origin}/v1`,
    apiKeys: [{ credential: { value: KEY } }],
  })
  token = await callToken(gateway)
})

const chat = (more: Partial<RawCall> = {}, given = token): RawCall => ({
  ...{ path: '/ai/watched/v1/chat/completions?a-query', body: '{"model":"a-model-of-the-caller","messages":["a-prompt"]}' },
  ...more,
  headers: { authorization: `Bearer ${given}`, 'content-type': 'application/json', ...more.headers },
})
const call = (more: Partial<RawCall> = {}, given = token) => rawCall(gateway.url, chat(more, given))
/** A request as it is written to a connection. */
const post = (path: string, body: string, given: string) => {
  const head = [`POST ${path} HTTP/1.1`, 'host: gateway', `authorization: Bearer ${given}`, 'content-type: application/json']
  return `${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}
const codeOf = ({ status, body }: { status: number; body: Buffer }) => [status, JSON.parse(body.toString()).error.code]

describe('limits', () => {
  let held: (() => void)[] = []
  afterEach(() => {
    for (const release of held) release()
    held = []
  })
  /** Begins calls that stay under way until the test ends. */
  async function hold(count: number, given: string): Promise<void> {
    vendor.answerWith(async (request, response) => {
      await new Promise<void>((resolve) => void held.push(resolve))
      chatAnswer(request, response)
    })
    const before = vendor.requests.length
    for (let index = 0; index < count; index += 1) beginCall(gateway.url, chat({}, given))
    await vendor.until(() => vendor.requests.length === before + count && held.length >= count)
  }

  test('a token has so many calls under way, and hears when to try again', async () => {
    await hold(2, token)
    const answer = await call()
    expect(codeOf(answer)).toEqual([429, 'concurrency_limit'])
    expect([answer.headers['retry-after'], answer.headers['x-should-retry']]).toEqual(['1', undefined])
    for (const release of held) release()
    held = []
  })

  test('a provider has so many calls under way, of all tokens', async () => {
    await hold(2, await callToken(gateway))
    await hold(1, await callToken(gateway))
    expect(codeOf(await call())).toEqual([429, 'concurrency_limit'])
  })

  test('a call whose caller leaves between two tries holds no place', async () => {
    const network = { maxRetries: 1, retryBackoffInitialMs: 300_000, retryBackoffMaxMs: 300_000 }
    const key = { credential: { value: 'sk-patient-fixture-aaaa-bbbb' } }
    await writerOf(gateway).created({ name: 'patient', type: 'OPENAI', baseUrl: `${vendor.origin}/v1`, apiKeys: [key], network })
    const given = await callToken(gateway)
    vendor.answerWith(refusal(503, { error: { message: 'busy' } }))
    const left = [1, 2].map(() => beginCall(gateway.url, chat({ path: '/ai/patient/v1/chat/completions' }, given)))
    await vendor.until(() => vendor.requests.length === 2)
    for (const begun of left) begun.destroy()
    vendor.answerWith(chatAnswer)
    await vi.waitFor(async () => expect((await call({}, given)).status).toBe(200), { timeout: 20_000 })
  })

  test('a call keeps its places until its answer is taken, also behind another one on its connection', async () => {
    const given = await callToken(gateway)
    vendor.answerWith((request, response) => {
      if (vendor.requests.length > 1) chatAnswer(request, response)
    })
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').on('error', () => {})
    const model = post('/ai/watched/v1/chat/completions', '{"model":"m"}', given)
    socket.write(model)
    await vendor.until(() => vendor.requests.length === 1)
    socket.write(model)
    await vendor.until(() => vendor.requests.length === 2)
    // By then the gateway has the answer to the second one.
    expect((await call()).status).toBe(200)
    expect(codeOf(await call({}, given))).toEqual([429, 'concurrency_limit'])
    socket.destroy()
    await vi.waitFor(async () => expect((await call({}, given)).status).toBe(200), { timeout: 20_000 })
  })

  test('a token makes so many calls in a minute', async () => {
    const limited = await callToken(gateway, { requestsPerMinute: 2 })
    vendor.answerWith(chatAnswer)
    expect([(await call({}, limited)).status, (await call({}, limited)).status]).toEqual([200, 200])
    const answer = await call({}, limited)
    expect(codeOf(answer)).toEqual([429, 'token_rate_limited'])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('what is told of a call', () => {
  /** What the log tells of these calls, which it does some milliseconds after their answers. */
  async function toldOf(answers: readonly Awaited<ReturnType<typeof call>>[]) {
    const ids = answers.map(({ headers }) => headers['x-gateway-request-id'])
    const found = () => lines.map((line) => JSON.parse(line)).filter(({ msg, requestId }) => msg === 'request' && ids.includes(requestId))
    await vi.waitFor(() => expect(found()).toHaveLength(ids.length))
    return found()
  }

  test('one line in the log, of fixed fields: no path, query, model, prompt or name', async () => {
    lines.length = 0
    expect(await toldOf([await call(), await call({ path: '/ai/watched/v1/files' })])).toEqual([
      expect.objectContaining({
        route: 'ai',
        method: 'POST',
        status: 200,
        complete: true,
        outcome: 'OK',
        attempts: 1,
        providerType: 'OPENAI',
      }),
      expect.objectContaining({ route: 'ai', status: 404, outcome: 'REFUSED_BY_GATEWAY', attempts: 0 }),
    ])
    expect(lines.join('\n')).not.toMatch(/completions|a-query|a-model|a-prompt|watched|files/)
  })

  test('one line in the log, and its tokens, also where it waits behind another one on its connection when the caller leaves', async () => {
    const given = await callToken(gateway, { tokensPerDay: 15 })
    vendor.answerWith((request, response) => {
      if (vendor.requests.length === 2) chatAnswer(request, response)
    })
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').on('error', () => {})
    const model = post('/ai/watched/v1/chat/completions', '{"model":"m"}', given)
    const before = lines.length
    socket.write(model)
    await vendor.until(() => vendor.requests.length === 1)
    socket.write(`${model}${post('/graphql', '{"query":"{ __typename }"}', given)}`)
    await vendor.until(() => vendor.requests.length === 2)
    socket.destroy()
    const told = () => lines.slice(before).map((line) => JSON.parse(line))
    const routes = () => told().flatMap(({ msg, route }) => (msg === 'request' ? [route] : []))
    await vi.waitFor(() => expect(routes().toSorted()).toEqual(['ai', 'ai', 'graphql']))
    vendor.answerWith(chatAnswer)
    expect(codeOf(await call({}, given))).toEqual([429, 'token_budget_exhausted'])
  })

  test('the name of the model route that it used, which an editor has stored, and nothing of what names no route', async () => {
    await gateway.ask(
      'mutation { createModelRoute(input: { name: "fast", targets: [{ provider: { name: "watched" }, model: "a-model" }] }) { __typename } }',
    )
    lines.length = 0
    const answers = []
    for (const model of ['fast', 'a-model-of-the-caller', 'watched/a-model-of-the-caller'])
      answers.push(await call({ path: '/v1/chat/completions', body: JSON.stringify({ model }) }))
    expect((await toldOf(answers)).map(({ modelRoute, status }) => [modelRoute, status])).toEqual([
      ['fast', 200],
      [null, 404],
      [null, 200],
    ])
    expect(lines.join('\n')).not.toMatch(/a-model|watched/)
  })

  test('metrics by type and outcome, and by nothing that a caller chose', async () => {
    await call()
    const { body } = await rawCall(gateway.url, { method: 'GET', path: '/metrics', headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
    const text = body.toString()
    expect(text).toMatch(/gateway_ai_requests_total\{type="OPENAI",outcome="OK"\} \d+/)
    expect(text).toMatch(/gateway_ai_attempts_total\{type="OPENAI",reason="first"\} \d+/)
    expect(text).toMatch(/gateway_ai_ttfb_seconds_count\{type="OPENAI"\} \d+/)
    expect(text).toContain('gateway_ai_in_flight{type="OPENAI"} 0')
    expect(text).not.toMatch(/a-model|a-prompt|watched/)
  })

  test('metrics of what is under way and of the keys: ready, switched off, and resting', async () => {
    const read = async () => {
      const { body } = await rawCall(gateway.url, {
        method: 'GET',
        path: '/metrics',
        headers: { authorization: `Bearer ${METRICS_TOKEN}` },
      })
      return body
        .toString()
        .split('\n')
        .filter((line) => /^gateway_ai_(?:keys|in_flight)\{type="ANTHROPIC"/.test(line))
    }
    await writerOf(gateway).created({
      ...{ name: 'mixed', type: 'ANTHROPIC', baseUrl: vendor.origin },
      apiKeys: [
        { credential: { value: 'sk-ant-ready-aaaa-bbbb' }, weight: 0 },
        { credential: { value: 'sk-ant-limited-aaaa-bbbb' } },
        { credential: { value: 'sk-ant-off-aaaa-bbbb' }, enabled: false },
      ],
    })
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    vendor.answerWith(async (request, response) => {
      if (request.headers['x-api-key'] === 'sk-ant-limited-aaaa-bbbb')
        return void response.writeHead(429, { 'retry-after': '60' }).end('{}')
      await held
      chatAnswer(request, response)
    })
    const before = vendor.requests.length
    const running = call({ path: '/ai/mixed/v1/messages' })
    await vendor.until(() => vendor.requests.length === before + 2)
    expect(await read()).toEqual([
      'gateway_ai_in_flight{type="ANTHROPIC"} 1',
      'gateway_ai_keys{type="ANTHROPIC",availability="READY"} 1',
      'gateway_ai_keys{type="ANTHROPIC",availability="COOLING"} 1',
      'gateway_ai_keys{type="ANTHROPIC",availability="EXHAUSTED"} 0',
      'gateway_ai_keys{type="ANTHROPIC",availability="REFUSED"} 0',
      'gateway_ai_keys{type="ANTHROPIC",availability="DISABLED"} 1',
    ])
    release()
    expect((await running).status).toBe(200)
  })
})

describe('nothing else suffers', () => {
  test('a call changes neither the revision nor the answers in memory', async () => {
    const revision = () => withStore(gateway, (store) => store.revision.findUniqueOrThrow({ where: { id: 1 } }))
    const hits = async () => {
      const { body } = await rawCall(gateway.url, {
        method: 'GET',
        path: '/metrics',
        headers: { authorization: `Bearer ${METRICS_TOKEN}` },
      })
      return Number(/^gateway_cache_hits_total (\d+)$/m.exec(body.toString())?.[1])
    }
    const list = () => gateway.ask('{ providers(first: 1) { nodes { name } } }')
    await list()
    const [before, hitsBefore] = [await revision(), await hits()]
    for (let index = 0; index < 5; index += 1) await call()
    await list()
    expect(await revision()).toEqual(before)
    if (process.env.CACHE_MAX_BYTES !== '0') expect(await hits()).toBeGreaterThan(hitsBefore)
  })

  test('a body is asked for only when the call may be made', async () => {
    const refused = beginCall(gateway.url, { ...chat({ headers: { expect: '100-continue' } }, 'wrong'), body: undefined })
    let continued = false
    refused.on('continue', () => {
      continued = true
    })
    refused.flushHeaders()
    expect([(await headOf(refused)).statusCode, continued]).toEqual([401, false])
    refused.destroy()
    const accepted = beginCall(gateway.url, { ...chat({ headers: { expect: '100-continue', 'content-length': '2' } }), body: undefined })
    accepted.flushHeaders()
    await once(accepted, 'continue')
    accepted.end('{}')
    expect((await readAnswer(await headOf(accepted))).status).toBe(200)
    expect(vendor.requests.at(-1)?.headers.expect).toBeUndefined()
  })

  test('a client of HTTP/1.0, which knows of no interim answers, gets none', async () => {
    const { hostname, port } = new URL(gateway.url)
    const socket = connect(Number(port), hostname)
    const head = ['POST /ai/watched/v1/chat/completions HTTP/1.0', `authorization: Bearer ${token}`, 'expect: 100-continue']
    socket.write(`${head.join('\r\n')}\r\ncontent-length: 2\r\n\r\n{}`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('a gateway that stops', () => {
  test('lets a stream end, and cuts one that does not end in time, never as if it were whole', async () => {
    let finish: () => void = () => {}
    const mayEnd = new Promise<void>((resolve) => {
      finish = resolve
    })
    vendor.answerWith(async (request, response) => {
      openStream(response)
      response.write(chunkOf('one'))
      if (request.headers['x-title'] === 'endless') return
      await mayEnd
      response.end(chunkOf('two'))
    })
    const [ending, endless] = [
      await headOf(beginCall(gateway.url, chat())),
      await headOf(beginCall(gateway.url, chat({ headers: { 'x-title': 'endless' } }))),
    ]
    const read = Promise.all([readAnswer(ending), readAnswer(endless)])
    const stopped = gateway.stop()
    finish()
    const [ended, cut] = await read
    await stopped
    expect([ended.complete, ended.body.toString()]).toEqual([true, chunkOf('one') + chunkOf('two')])
    expect([cut.complete, cut.body.toString()]).toEqual([false, expect.stringContaining('"message":"The gateway stopped before')])
    await gateway.restart()
  })
})
