import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { type CallVendor, chatAnswer, openStream, refusal, startCallVendor, type VendorAnswer } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { type RawAnswer, rawCall } from '../support/raw-call.ts'
import { useGateway } from '../support/use.ts'

const NAMES = ['one', 'two', 'three'] as const
type Name = (typeof NAMES)[number]
const vendors = new Map<Name, CallVendor>()
const ids = new Map<Name, string>()
let token: string
let now = Date.parse('2026-11-30T12:00:00Z')

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' }, clock: () => new Date(now) })
beforeAll(async () => {
  for (const name of NAMES) vendors.set(name, await startCallVendor())
  for (const name of NAMES) {
    const network = { maxRetries: 3 }
    const apiKeys = [{ credential: { value: `sk-${name}-fixture-aaaa-bbbb` } }]
    const provider = await writerOf(gateway).created({ name, type: 'OPENAI', baseUrl: `${vendorOf(name).origin}/v1`, apiKeys, network })
    ids.set(name, provider.id)
  }
  token = await callToken(gateway)
})
afterAll(async () => {
  for (const vendor of vendors.values()) await vendor.close()
})

function vendorOf(name: Name): CallVendor {
  const vendor = vendors.get(name)
  if (vendor === undefined) throw new Error(`There is no vendor ${name}.`)
  return vendor
}

/** Each test begins as if nothing had happened for an hour: keys and breakers forget. */
beforeEach(() => {
  now += 3_600_001
  for (const vendor of vendors.values()) {
    vendor.requests.length = 0
    vendor.answerWith(chatAnswer)
  }
})

let made = 0
/** A route of its own models, so that no breaker knows them. */
async function route(targets: readonly [Name, number?, number?][], more: object = {}): Promise<string> {
  made += 1
  const name = `route-${made}`
  const { result } = await gateway.ask<{ result: { __typename: string; message?: string } }>(
    `mutation ($input: CreateModelRouteInput!) { result: createModelRoute(input: $input) { __typename ... on UserError { message } } }`,
    {
      input: {
        name,
        targets: targets.map(([provider, priority = 0, weight = 1]) => ({
          ...{ provider: { name: provider }, model: `${provider}-model-${made}`, priority, weight },
        })),
        ...more,
      },
    },
  )
  if (result.message !== undefined) throw new Error(result.message)
  return name
}
const IN_ORDER: readonly [Name, number][] = [
  ['one', 0],
  ['two', 1],
  ['three', 2],
]

const call = (model: string, own = token, stream = false): Promise<RawAnswer> =>
  rawCall(gateway.url, {
    ...{ path: '/v1/chat/completions', body: JSON.stringify({ model, stream }) },
    headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
  })
const seen = ({ status, headers }: RawAnswer) => [status, headers['x-gateway-target']?.toString().split('/')[0]]
const asked = () => NAMES.map((name) => vendorOf(name).requests.length)
const codeOf = ({ status, body }: RawAnswer) => [status, JSON.parse(body.toString()).error.code]
const statesOf = async (name: string) => {
  const { modelRoute } = await gateway.ask<{ modelRoute: { targets: { state: string }[] } }>(
    'query ($name: String!) { modelRoute(by: { name: $name }) { targets { state } } }',
    { name },
  )
  return modelRoute.targets.map(({ state }) => state)
}

const hangUp: VendorAnswer = (request) => void request.socket.destroy()
const FAILURES: readonly [string, VendorAnswer][] = [
  ...[408, 500, 502, 503, 504, 529].map((status): [string, VendorAnswer] => [String(status), refusal(status, { error: { message: 'x' } })]),
  ['429', refusal(429, { error: { message: 'slow down' } }, { 'retry-after': '20' })],
  ['401, of every key', refusal(401, { error: { message: 'bad key' } })],
  ['402', refusal(402, { error: { message: 'pay' } })],
  ['404 of the model', refusal(404, { error: { message: 'The model does not exist', code: 'model_not_found' } })],
]

describe('a call by the name of a route', () => {
  test('goes to the target of the smallest priority, with its model, and says who answered', async () => {
    const name = await route([
      ['two', 1],
      ['one', 0],
    ])
    const answer = await call(name)
    expect([answer.status, answer.headers['x-gateway-target']]).toEqual([200, `one/one-model-${made}`])
    expect(asked()).toEqual([1, 0, 0])
    expect(JSON.parse(vendorOf('one').requests[0]?.body.toString() ?? '')).toEqual({ model: `one-model-${made}`, stream: false })
  })

  test('is spread over targets of one priority by their weights', async () => {
    const name = await route([
      ['one', 0, 3],
      ['two', 0, 1],
      ['three', 0, 0],
    ])
    for (let count = 0; count < 100; count += 1) await call(name)
    const [one = 0, two = 0, three = 0] = asked()
    expect([one + two, three]).toEqual([100, 0])
    expect(one).toBeGreaterThan(two)
  })

  test.each(FAILURES)('is answered by the next target after %s, and each vendor is called once', async (_what, failure) => {
    const name = await route(IN_ORDER)
    vendorOf('one').answerWith(failure)
    vendorOf('two').answerWith(failure)
    const answer = await call(name)
    expect(seen(answer)).toEqual([200, 'three'])
    expect(answer.headers['x-gateway-attempts']).toBe('3')
    expect(asked()).toEqual([1, 1, 1])
  })

  test('is answered by the next target when a vendor cuts the connection before the first byte', async () => {
    const name = await route(IN_ORDER)
    vendorOf('one').answerWith(hangUp)
    expect(seen(await call(name))).toEqual([200, 'two'])
    expect(asked()).toEqual([1, 1, 0])
  })

  test('is answered by the next target when a connection that was used before ends: no vendor reads the call twice', async () => {
    const name = await route(IN_ORDER)
    expect(seen(await call(name))).toEqual([200, 'one'])
    vendorOf('one').answerWith(hangUp)
    expect(seen(await call(name))).toEqual([200, 'two'])
    expect(asked()).toEqual([2, 1, 0])
  })

  test('reaches the last and the only target at most once, too, when a connection that was used before ends', async () => {
    const name = await route([['one', 0]])
    expect(seen(await call(name))).toEqual([200, 'one'])
    vendorOf('one').answerWith(hangUp)
    expect(codeOf(await call(name))).toEqual([502, 'upstream_unreachable'])
    expect(asked()).toEqual([2, 0, 0])
  })

  test('is answered by the next target when the first one cannot be reached', async () => {
    await vendorOf('one').goAway()
    expect(seen(await call(await route(IN_ORDER)))).toEqual([200, 'two'])
    await vendorOf('one').comeBack()
  })

  test.each([400, 404, 413, 422])("gets the vendor's %i at once: it is the caller's", async (status) => {
    const name = await route(IN_ORDER)
    vendorOf('one').answerWith(refusal(status, { error: { message: 'no' } }))
    expect(seen(await call(name))).toEqual([status, 'one'])
    expect(asked()).toEqual([1, 0, 0])
  })

  test('is tried elsewhere after a timeout only when the route says so', async () => {
    const silent: VendorAnswer = () => {}
    vendorOf('one').answerWith(silent)
    const id = ids.get('one') ?? ''
    await writerOf(gateway).updated(id, { network: { timeoutMs: 1_000, maxRetries: 3 } })
    expect(codeOf(await call(await route(IN_ORDER)))).toEqual([504, 'upstream_timeout'])
    expect(seen(await call(await route(IN_ORDER, { retryAfterTimeout: true })))).toEqual([200, 'two'])
    await writerOf(gateway).updated(id, { network: { maxRetries: 3 } })
  })

  test("gets the last vendor's own answer when all fail", async () => {
    const name = await route(IN_ORDER)
    for (const one of NAMES) vendorOf(one).answerWith(refusal(503, { error: { message: one } }))
    const answer = await call(name)
    expect([...seen(answer), answer.body.toString()]).toEqual([503, 'three', '{"error":{"message":"three"}}'])
    expect(asked()).toEqual([1, 1, 1])
  })

  test('is cut, and tried nowhere else, when the vendor dies behind the first byte', async () => {
    const name = await route(IN_ORDER)
    vendorOf('one').answerWith((_request, response) => {
      openStream(response)
      response.write('data: {"a":1}\n\n', () => response.destroy())
    })
    const answer = await call(name, token, true)
    expect([answer.complete, ...seen(answer)]).toEqual([false, 200, 'one'])
    expect(answer.body.toString()).toContain('upstream_unreachable')
    expect(asked()).toEqual([1, 0, 0])
  })

  test('skips targets outside the scope of the token; none left is no such model', async () => {
    const name = await route(IN_ORDER)
    const two = await callToken(gateway, { providers: [{ name: 'two' }] })
    expect(seen(await call(name, two))).toEqual([200, 'two'])
    const other = await callToken(gateway, { models: ['gpt-*'] })
    expect(codeOf(await call(name, other))).toEqual([404, 'model_not_found'])
    expect(asked()).toEqual([0, 1, 0])
    const list = async (own: string) =>
      (await (await gateway.fetch('/v1/models', { headers: { authorization: `Bearer ${own}` } })).json()) as {
        data: { id: string; owned_by: string }[]
      }
    expect((await list(two)).data).toContainEqual(expect.objectContaining({ id: name, owned_by: 'route' }))
    expect((await list(other)).data).toEqual([])
  })

  test('of a disabled route is no such model', async () => {
    expect(codeOf(await call(await route(IN_ORDER, { enabled: false })))).toEqual([404, 'model_not_found'])
  })
})

describe('the breaker of a target', () => {
  test('opens after 5 failures in 10 s, lets one probe through after 30 s, and closes when that succeeds', async () => {
    const name = await route([
      ['one', 0],
      ['two', 1],
    ])
    vendorOf('one').answerWith(refusal(500, {}))
    for (let count = 0; count < 4; count += 1) await call(name)
    expect(await statesOf(name)).toEqual(['READY', 'READY'])
    await call(name)
    expect(await statesOf(name)).toEqual(['BREAKER_OPEN', 'READY'])
    vendorOf('one').requests.length = 0
    expect(seen(await call(name))).toEqual([200, 'two'])
    expect(vendorOf('one').requests).toHaveLength(0)
    now += 30_001
    await call(name)
    expect(vendorOf('one').requests).toHaveLength(1)
    expect(await statesOf(name)).toEqual(['BREAKER_OPEN', 'READY'])
    now += 30_001
    let answerProbe: () => void = () => {}
    const answered = new Promise<void>((resolve) => {
      answerProbe = resolve
    })
    vendorOf('one').answerWith(async (request, response) => {
      await answered
      chatAnswer(request, response)
    })
    const probe = call(name)
    await vendorOf('one').until(() => vendorOf('one').requests.length === 2)
    expect(seen(await call(name))).toEqual([200, 'two'])
    answerProbe()
    expect(seen(await probe)).toEqual([200, 'one'])
    expect(await statesOf(name)).toEqual(['READY', 'READY'])
  })

  test('lets another call through when the one that tests the target takes longer than 10 s', async () => {
    const name = await route([
      ['one', 0],
      ['two', 1],
    ])
    vendorOf('one').answerWith(refusal(500, {}))
    for (let count = 0; count < 5; count += 1) await call(name)
    now += 30_001
    vendorOf('one').requests.length = 0
    let answerProbe: () => void = () => {}
    vendorOf('one').answerWith(async (request, response) => {
      await new Promise<void>((resolve) => {
        answerProbe = resolve
      })
      chatAnswer(request, response)
    })
    const probe = call(name)
    await vendorOf('one').until(() => vendorOf('one').requests.length === 1)
    vendorOf('one').answerWith(chatAnswer)
    expect(seen(await call(name))).toEqual([200, 'two'])
    now += 10_001
    expect(seen(await call(name))).toEqual([200, 'one'])
    answerProbe()
    expect(seen(await probe)).toEqual([200, 'one'])
  })

  test('stays closed when failures are further apart', async () => {
    const name = await route([
      ['one', 0],
      ['two', 1],
    ])
    vendorOf('one').answerWith(refusal(500, {}))
    for (let count = 0; count < 8; count += 1) {
      now += 2_600
      await call(name)
    }
    expect(vendorOf('one').requests).toHaveLength(8)
  })

  test('says when to come back when all targets rest', async () => {
    const name = await route([['one', 0]])
    vendorOf('one').answerWith(refusal(500, {}))
    for (let count = 0; count < 5; count += 1) expect((await call(name)).status).toBe(500)
    const answer = await call(name)
    expect([...codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'overloaded', '30'])
  })

  test('does not count limits: the keys rest, and the target has none', async () => {
    const name = await route([
      ['one', 0],
      ['two', 1],
    ])
    vendorOf('one').answerWith(refusal(429, {}, { 'retry-after': '20' }))
    expect(seen(await call(name))).toEqual([200, 'two'])
    expect(await statesOf(name)).toEqual(['NO_KEY', 'READY'])
    vendorOf('one').requests.length = 0
    await call(name)
    expect(vendorOf('one').requests).toHaveLength(0)
  })

  test('does not count a failure that a stream tells of, which the usage does', async () => {
    const name = await route([['one', 0]])
    vendorOf('one').answerWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: response.failed\ndata: {"type":"response.failed"}\n\n')
    })
    for (let count = 0; count < 6; count += 1) expect((await call(name, token, true)).status).toBe(200)
    expect(await statesOf(name)).toEqual(['READY'])
    const { modelCalls } = await gateway.ask<{ modelCalls: { nodes: unknown[] } }>(
      'query ($route: String!) { modelCalls(first: 6, route: $route) { nodes { outcome httpStatus } } }',
      { route: name },
    )
    expect(modelCalls.nodes).toEqual(Array(6).fill({ outcome: 'VENDOR_ERROR', httpStatus: 200 }))
  })
})
