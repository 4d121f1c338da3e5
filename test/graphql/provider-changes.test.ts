import { afterEach, describe, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { uniqueName, writerOf } from '../support/providers.ts'
import { subscribe, type TestSubscription } from '../support/subscription.ts'
import { useGateway } from '../support/use.ts'

interface Changed {
  readonly providerChanged: {
    readonly action: string
    readonly providerId: string
    readonly provider: { name: string; version: number } | null
  }
}

const SUBSCRIBE = `subscription ($provider: ProviderRef) {
  providerChanged(provider: $provider) { action providerId provider { name version } }
}`
let open: TestSubscription<Changed>[] = []
const gateway = useGateway()
const replica = useGateway(() => ({ environment: gateway.shared }))
afterEach(() => {
  for (const subscription of open) subscription.leave()
  open = []
})

async function follow(
  at: TestGateway,
  provider: Readonly<Record<string, string>> | null = null,
  options: { token?: string; method?: 'GET' | 'POST' } = {},
): Promise<TestSubscription<Changed>> {
  const subscription = await subscribe<Changed>(at, SUBSCRIBE, { provider }, options)
  open.push(subscription)
  return subscription
}

const shapeOf = ({ providerChanged: { action, provider } }: Changed) => [action, provider?.version ?? null]

test('the test of a draft is no change of a provider', async () => {
  const subscription = await follow(gateway)
  const draft = { type: 'OPENAI_COMPAT', baseUrl: 'https://api.example.invalid/v1' }
  await gateway.ask('mutation ($input: TestConnectionInput!) { testConnection(input: $input) { __typename } }', { input: { draft } })
  const { name } = await writerOf(gateway).created({ name: uniqueName() })
  const [first] = await subscription.atLeast(1)
  expect(first?.providerChanged).toMatchObject({ action: 'CREATED', provider: { name } })
})

describe.each(['this replica', 'another replica'])('a subscription at %s', (where) => {
  const at = () => (where === 'this replica' ? gateway : replica)

  test.each(['GET', 'POST'] as const)('tells of every change in its order (%s)', async (method) => {
    const changes = await follow(at(), null, { method })
    expect(changes.status).toBe(200)
    expect(changes.headers.get('content-type')).toContain('text/event-stream')
    expect(changes.headers.get('cache-control')).toContain('no-')
    const write = writerOf(gateway)
    const { id, name } = await write.created({})
    expect(await changes.atLeast(1)).toEqual([{ providerChanged: { action: 'CREATED', providerId: id, provider: { name, version: 1 } } }])
    await write.updated(id, { icon: 'x' })
    await changes.atLeast(2)
    await write.test(id)
    await changes.atLeast(3)
    await write.remove(id)
    expect((await changes.atLeast(4)).map(shapeOf)).toEqual([
      ['CREATED', 1],
      ['UPDATED', 2],
      ['TESTED', 2],
      ['DELETED', null],
    ])
  })

  test('misses nothing of many writes at once, and tells each once', async () => {
    const changes = await follow(at())
    const writers = [writerOf(gateway), writerOf(replica)]
    const created = await Promise.all(Array.from({ length: 30 }, (_, index) => writers[index % 2]?.created({ name: uniqueName('burst') })))
    const told = await changes.atLeast(30)
    // What was told twice would come before what is written later.
    await writerOf(gateway).created({ name: uniqueName('after') })
    expect(await changes.atLeast(31)).toHaveLength(31)
    expect(told.map(({ providerChanged }) => providerChanged.providerId).sort()).toEqual(created.map((provider) => provider?.id).sort())
  })

  test('ends when its token is revoked at the other one, and not for other tokens', async () => {
    const { id, value } = await gateway.createToken('VIEWER')
    const mine = await follow(at(), null, { token: value })
    const other = await follow(at())
    const started = performance.now()
    await gateway.ask('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { __typename } }', { id })
    expect(await mine.ended).toEqual({ complete: true })
    expect(performance.now() - started).toBeLessThan(2_000)
    await writerOf(gateway).created({})
    await other.atLeast(1)
    expect(mine.received).toEqual([])
  })
})

test('a subscription to one provider tells of that one alone, by whatever it is named', async () => {
  const write = writerOf(gateway)
  const [wanted, other] = [await write.created({}), await write.created({})]
  const all = await Promise.all(
    [{ id: wanted.id }, { uuid: wanted.uuid }, { name: wanted.name }].map((provider) => follow(gateway, provider)),
  )
  await write.updated(other.id, { icon: 'x' })
  await write.updated(wanted.id, { icon: 'x' })
  for (const changes of all)
    expect((await changes.atLeast(1)).map(({ providerChanged }) => providerChanged.providerId)).toEqual([wanted.id])
})

test('a subscription to a provider that does not exist yields nothing, until one has its name', async () => {
  const name = uniqueName('later')
  const changes = await follow(gateway, { name })
  const nobody = await follow(gateway, { uuid: '00000000-0000-4000-8000-000000000000' })
  await writerOf(gateway).created({})
  await writerOf(gateway).created({ name })
  expect((await changes.atLeast(1)).map(({ providerChanged }) => providerChanged.provider?.name)).toEqual([name])
  expect(nobody.received).toEqual([])
})

test('what was committed before is not told, and a new connection goes on', async () => {
  const write = writerOf(gateway)
  const { id } = await write.created({})
  const first = await follow(gateway)
  await write.updated(id, { icon: 'a' })
  await first.atLeast(1)
  first.leave()
  await write.updated(id, { icon: 'b' })
  const second = await follow(gateway)
  await write.updated(id, { icon: 'c' })
  expect((await second.atLeast(1)).map(shapeOf)).toEqual([['UPDATED', 4]])
})

test('a subscription after a lost connection goes on behind the last change, at another replica too', async () => {
  const WITH_CURSOR = 'subscription ($after: String) { providerChanged(after: $after) { cursor action provider { name } } }'
  type WithCursor = { readonly providerChanged: { readonly cursor: string; readonly action: string } }
  const write = writerOf(gateway)
  const first = await subscribe<WithCursor>(gateway, WITH_CURSOR)
  const { id } = await write.created({})
  const [told] = await first.atLeast(1)
  first.leave()
  await write.updated(id, { icon: 'missed' })
  await write.remove(id)
  for (const at of [replica, gateway]) {
    const again = await subscribe<WithCursor>(at, WITH_CURSOR, { after: told?.providerChanged.cursor })
    expect((await again.atLeast(2)).map(({ providerChanged }) => providerChanged.action)).toEqual(['UPDATED', 'DELETED'])
    again.leave()
  }
})

test.each([
  '',
  'nonsense',
  Buffer.from('ProviderChange:1:99999999999').toString('base64'),
  Buffer.from('ProviderChange:2000000000:1').toString('base64'),
])('a cursor that nobody gave out is refused: %s', async (after) => {
  const body = JSON.stringify({
    query: 'subscription ($after: String) { providerChanged(after: $after) { action } }',
    variables: { after },
  })
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${gateway.adminToken}` }
  const response = await gateway.fetch('/graphql', { method: 'POST', headers, body })
  const text = await response.text()
  expect(text).toContain('BAD_USER_INPUT')
  expect(text).not.toContain('event: next\ndata: {"data":{')
})

test('a token that expires ends its subscription', async () => {
  const { value } = await gateway.createToken('VIEWER', new Date(Date.now() + 1_500))
  const changes = await follow(gateway, null, { token: value })
  const started = performance.now()
  expect(await changes.ended).toEqual({ complete: true })
  expect(performance.now() - started).toBeLessThan(4_000)
})

test.each(['VIEWER', 'EDITOR', 'ADMIN'] as const)('a token of the role %s may follow, and sees every field', async (role) => {
  const changes = await follow(gateway, null, { token: await gateway.token(role) })
  await writerOf(gateway).created({})
  const [change] = await changes.atLeast(1)
  expect(change?.providerChanged).toMatchObject({ action: 'CREATED', providerId: expect.any(String), provider: { version: 1 } })
})

test('nobody follows without a valid token', async () => {
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' }
  const body = JSON.stringify({ query: SUBSCRIBE })
  expect((await gateway.fetch('/graphql', { method: 'POST', headers, body })).status).toBe(401)
  expect((await follow(gateway, null, { token: 'gw_0123456789_no' })).status).toBe(401)
})

test('a client that takes no events is told what to accept, and holds no place of a subscription', async () => {
  const metricsToken = 'metrics-token-beside-subscriptions-00'
  const own = await startTestGateway({ environment: { METRICS_TOKEN: metricsToken } })
  try {
    for (const accept of ['application/json', 'multipart/mixed;subscriptionSpec=1.0,application/json', 'image/png']) {
      const headers = { accept, authorization: `Bearer ${own.adminToken}`, 'content-type': 'application/json' }
      const response = await own.fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query: SUBSCRIBE }) })
      const { errors } = await response.json()
      expect([response.status, errors[0].message]).toEqual([406, expect.stringContaining('accept: text/event-stream')])
    }
    const metrics = await own.fetch('/metrics', { headers: { authorization: `Bearer ${metricsToken}` } })
    expect(await metrics.text()).toMatch(/^gateway_subscriptions 0$/m)
  } finally {
    await own.close()
  }
})

test('a stop ends the subscriptions at once, and says so', async () => {
  const other = await startTestGateway()
  const changes = await subscribe<Changed>(other, SUBSCRIBE)
  const started = performance.now()
  await other.stop()
  expect(await changes.ended).toEqual({ complete: true })
  expect(performance.now() - started).toBeLessThan(3_000)
  await other.close()
})

test('a subscription with more than a request needs is refused, whatever stands in it', async () => {
  const headers = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json', accept: 'text/event-stream' }
  const pad = 'x'.repeat(20_000)
  const query = 'subscription { providerChanged { action } }'
  for (const body of [{ query, variables: { undeclared: pad } }, { query, extensions: { pad } }, { query: `${query} #${pad}` }]) {
    const response = await gateway.fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(body) })
    expect(await response.text()).toMatch(/event: next.*"code":"BAD_USER_INPUT".*event: complete/s)
  }
})

test.each([
  ['its field', 'subscription { providerChanged @skip(if: true) { action } }'],
  ['a fragment in it', 'subscription { ... @include(if: false) { providerChanged { action } } }'],
  ['a named fragment', 'subscription { ...F @skip(if: true) } fragment F on Subscription { providerChanged { action } }'],
  ['a field of a fragment', 'subscription { ...F } fragment F on Subscription { providerChanged @skip(if: true) { action } }'],
])('a subscription that leaves out %s is refused as invalid, and is no fault of the gateway', async (_what, query) => {
  const { status, ended, received } = await subscribe(gateway, query)
  await ended
  expect([status, received[0]?.errors?.[0]?.extensions.code]).toEqual([200, 'GRAPHQL_VALIDATION_FAILED'])
})
