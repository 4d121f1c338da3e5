import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { type CallVendor, chatAnswer, refusal, startCallVendor } from '../support/call-vendor.ts'
import { runCommand } from '../support/command-line.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { type Writer, writerOf } from '../support/providers.ts'

const KEY = 'sk-usage-fixture-00000000001'
const NOON = new Date('2026-03-04T12:00:00Z')
const EVER = { from: '2026-03-01T00:00:00Z', until: '2026-03-05T00:00:00Z' }
const CALL = `providerName providerType apiKeyMasked kind model answeredModel streamed outcome httpStatus attempts client
  vendorRequestId provider { name } apiKey { masked } caller { kind name token { name } } route`

interface Call {
  readonly [field: string]: unknown
}
interface Sum {
  readonly group: string
  readonly calls: number
  readonly failed: number
  readonly node: { readonly __typename: string } | null
}

let now = NOON
let gateway: TestGateway
let vendor: CallVendor
let writer: Writer
let own: string
let other: string

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback' }, clock: () => now })
  vendor = await startCallVendor()
  writer = writerOf(gateway)
  await writer.created({ name: 'openai', baseUrl: `${vendor.origin}/v1`, apiKeys: [{ credential: { value: KEY } }] })
  own = await callToken(gateway)
  other = await callToken(gateway, {}, 'EDITOR')
  await chat('gpt-5', own)
  await chat('gpt-5', own)
  vendor.answerWith(refusal(400, { error: { message: 'no' } }))
  await chat('gpt-4o', other)
  vendor.answerWith(chatAnswer)
})
afterAll(async () => {
  await gateway.close()
  await vendor.close()
})

async function chat(model: string, token: string, path = '/ai/openai/chat/completions'): Promise<Response> {
  return gateway.fetch(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'user-agent': 'usage-test/1.0' },
    body: JSON.stringify({ model, messages: [] }),
  })
}

const calls = async (token?: string, selection = CALL, filter: object | null = null) =>
  (
    await gateway.ask<{ modelCalls: { totalCount: number; nodes: Call[] } }>(
      `query ($filter: ModelCallFilter) { modelCalls(filter: $filter) { totalCount nodes { ${selection} } } }`,
      { filter },
      token,
    )
  ).modelCalls
const usage = async (by: string, token?: string, filter: object | null = null) =>
  (
    await gateway.ask<{ usage: Sum[] }>(
      `query ($from: DateTime!, $until: DateTime!, $by: UsageGroup!, $filter: ModelCallFilter) {
        usage(from: $from, until: $until, by: $by, filter: $filter) { group calls failed node { __typename } } }`,
      { ...EVER, by, filter },
      token,
    )
  ).usage

describe('model calls', () => {
  test('tell admins who called what with which key, and how it went', async () => {
    const { totalCount, nodes } = await calls()
    expect(totalCount).toBe(3)
    const refused = nodes.find(({ model }) => model === 'gpt-4o')
    const good = nodes.find(({ model }) => model === 'gpt-5')
    const common = {
      ...{ providerName: 'openai', providerType: 'OPENAI', apiKeyMasked: 'sk-u...0001', kind: 'CHAT', streamed: false, attempts: 1 },
      ...{ client: 'usage-test/1.0', provider: { name: 'openai' }, apiKey: { masked: 'sk-u...0001' }, route: null },
      caller: { kind: 'TOKEN', name: 'test caller', token: { name: 'test caller' } },
    }
    expect(good).toEqual({ ...common, model: 'gpt-5', answeredModel: 'gpt-5', outcome: 'OK', httpStatus: 200, vendorRequestId: 'vendor-1' })
    const nothing = { answeredModel: null, vendorRequestId: null }
    expect(refused).toEqual({ ...common, ...nothing, model: 'gpt-4o', outcome: 'CALLER_ERROR', httpStatus: 400 })
  })

  test('are shown to everybody who called them, and to nobody else but admins; the registry stays closed to callers', async () => {
    const { totalCount, nodes } = await calls(own)
    expect([totalCount, nodes.map(({ model }) => model)]).toEqual([2, ['gpt-5', 'gpt-5']])
    expect(nodes[0]).toMatchObject({ providerName: 'openai', apiKeyMasked: null, provider: null, apiKey: null })
    expect((await calls(other)).nodes).toMatchObject([{ model: 'gpt-4o', apiKeyMasked: 'sk-u...0001' }])
    const { nodes: all } = await calls(undefined, 'id caller { id }')
    const stranger = await gateway.token('VIEWER')
    expect((await calls(stranger)).totalCount).toBe(0)
    const othersId = all.find(({ caller }) => JSON.stringify(caller) !== JSON.stringify(all[0]?.caller))
    for (const id of [all[0]?.id, othersId?.id]) {
      const { body } = await gateway.graphql('query ($id: ID!) { node(id: $id) { ... on ModelCall { model } } }', { id }, stranger)
      expect(body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    }
    // Whom somebody names in the filter makes no difference.
    const named =
      nodes.length > 0
        ? await calls(other, 'model', {
            token: (await calls(own, 'caller { id }')).nodes.map(({ caller }) => Reflect.get(Object(caller), 'id'))[0],
          })
        : null
    expect(named?.totalCount).toBe(0)
  })

  test('are there at once at the replica that made them, although the data has not changed', async () => {
    const before = await calls()
    await chat('o3', own)
    const after = await calls()
    expect(after.totalCount).toBe(before.totalCount + 1)
  })

  test('are found by a provider, a key, a token, a model and an outcome', async () => {
    const [{ apiKey, caller } = { apiKey: null, caller: null }] = (
      await calls(undefined, 'apiKey { id } caller { id token { id } }', { model: 'gpt-4o' })
    ).nodes
    const { id: key } = Object(apiKey)
    const { id: uuid, token } = Object(caller)
    for (const filter of [
      { token: uuid },
      { token: token.id },
      { outcome: ['CALLER_ERROR', 'TIMED_OUT'] },
      { provider: { name: 'openai' }, apiKey: key, model: 'gpt-4o' },
    ])
      expect((await calls(undefined, 'model', filter)).nodes).toEqual([{ model: 'gpt-4o' }])
    for (const filter of [{ provider: { name: 'nobody' } }, { apiKey: uuid }, { model: 'gpt' }, { until: '2026-03-04T12:00:00Z' }])
      expect((await calls(undefined, 'model', filter)).totalCount).toBe(0)
  })

  test('are paged both ways, and a cursor or page that means nothing is refused', async () => {
    const page = async (variables: Record<string, unknown>) =>
      gateway.graphql<{
        modelCalls: { edges: { cursor: string; node: { id: string } }[]; pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean } }
      }>(
        `query ($first: Int, $last: Int, $after: String, $before: String) { modelCalls(first: $first, last: $last, after: $after, before: $before) {
          edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } }`,
        variables,
      )
    const all = (await page({ first: 100 })).body.data?.modelCalls.edges ?? []
    const second = (await page({ first: 1, after: all[0]?.cursor })).body.data?.modelCalls
    expect(second).toEqual({ edges: [all[1]], pageInfo: { hasNextPage: true, hasPreviousPage: true } })
    const last = (await page({ last: 2, before: all[2]?.cursor })).body.data?.modelCalls
    expect(last?.edges).toEqual(all.slice(0, 2))
    for (const variables of [{ first: 1, last: 1 }, { first: 0 }, { after: 'nonsense' }])
      expect((await page(variables)).body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('usage', () => {
  test('is summed by whatever it is asked by, and each caller sees their own', async () => {
    const total = (await calls(undefined, 'id')).totalCount
    expect(await usage('PROVIDER')).toEqual([{ group: 'openai', calls: total, failed: 1, node: { __typename: 'Provider' } }])
    expect(await usage('API_KEY')).toEqual([{ group: 'sk-u...0001', calls: total, failed: 1, node: { __typename: 'ApiKey' } }])
    expect((await usage('CALLER')).map(({ group, node }) => [group, node])).toEqual([
      ['test caller', { __typename: 'AccessToken' }],
      ['test caller', { __typename: 'AccessToken' }],
    ])
    expect((await usage('MODEL', other)).map(({ group, calls: count, failed }) => [group, count, failed])).toEqual([['gpt-4o', 1, 1]])
    expect(await usage('PROVIDER', own)).toMatchObject([{ group: 'openai', failed: 0, node: null }])
    expect((await usage('DAY')).map(({ group }) => group)).toEqual(['2026-03-04T00:00:00.000Z'])
    expect((await usage('HOUR', undefined, { outcome: ['CALLER_ERROR'] })).map(({ group, calls: count }) => [group, count])).toEqual([
      ['2026-03-04T12:00:00.000Z', 1],
    ])
  })

  test('by key is closed to callers, and a time that ends before it begins is refused', async () => {
    const ask = (by: string, until: string, token?: string) =>
      gateway.graphql(`{ usage(from: "2026-03-04T00:00:00Z", until: "${until}", by: ${by}) { calls } }`, {}, token)
    expect((await ask('API_KEY', EVER.until, own)).body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await ask('MODEL', '2026-03-04T00:00:00Z')).body.errors?.[0]?.extensions.code).toBe('VALIDATION_FAILED')
  })

  test('of a provider stays under its name when it and its keys are deleted', async () => {
    const { id } = await writer.created({ name: 'brief', baseUrl: `${vendor.origin}/v1`, apiKeys: [{ credential: { value: `${KEY}2` } }] })
    await chat('gpt-5', own, '/ai/brief/chat/completions')
    const { provider } = await gateway.ask<{ provider: { usage: Sum[] } }>(
      `{ provider(by: { name: "brief" }) { usage(from: "${EVER.from}", until: "${EVER.until}", by: MODEL) { group calls } } }`,
    )
    expect(provider.usage).toEqual([{ group: 'gpt-5', calls: 1 }])
    await gateway.ask('mutation ($id: ID!) { deleteProvider(input: { provider: { id: $id } }) { __typename } }', { id })
    expect(
      (await calls(undefined, 'providerName apiKeyMasked provider { name } apiKey { masked }', { provider: { name: 'brief' } })).nodes,
    ).toEqual([{ providerName: 'brief', apiKeyMasked: 'sk-u...0012', provider: null, apiKey: null }])
    expect((await usage('PROVIDER')).find(({ group }) => group === 'brief')).toEqual({ group: 'brief', calls: 1, failed: 0, node: null })
    expect((await usage('API_KEY')).find(({ node }) => node === null)).toMatchObject({ group: 'sk-u...0012' })
  })

  test('is there after a stop, however short after the call', async () => {
    const before = (await calls(undefined, 'id')).totalCount
    const { status } = await chat('gpt-5', own)
    await gateway.restart()
    expect([status, (await calls(undefined, 'id')).totalCount]).toEqual([200, before + 1])
  })
})

describe('tokens per day', () => {
  test('are counted; a token that has used them is refused in the words of its API until the next day of UTC, also after a start', async () => {
    const limited = await callToken(gateway, { tokensPerDay: 40 })
    // Each uses 15.
    for (const status of [200, 200, 200, 429]) expect((await chat('gpt-5', limited)).status).toBe(status)
    await gateway.restart()
    const refused = await chat('gpt-5', limited)
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual([429, '43200', 'false'])
    expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'token_budget_exhausted' } })
    const messages = await chat('openai/gpt-5', limited, '/v1/messages')
    expect([messages.status, await messages.json()]).toMatchObject([429, { type: 'error', error: { type: 'rate_limit_error' } }])
    expect((await chat('gpt-5', own)).status, 'others go on').toBe(200)
    const refusals = await calls(limited, 'attempts httpStatus', { outcome: ['REFUSED_BY_GATEWAY'] })
    expect(refusals.nodes).toEqual(Array(3).fill({ attempts: 0, httpStatus: 429 }))
    now = new Date('2026-03-05T00:00:00Z')
    expect((await chat('gpt-5', limited)).status).toBe(200)
    now = NOON
  })
})

describe('the command', () => {
  const run = (...argv: string[]) =>
    runCommand(['usage', ...argv], { environment: gateway.shared, clock: () => new Date(NOON.getTime() + 3_600_000) })

  test('shows what was used, by whatever it is asked by, as a table and as JSON', async () => {
    const all = await usage('PROVIDER')
    const { output, exitCode } = await run('--by', 'provider', '--since', '7d', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(output)).toMatchObject(all.map(({ group, calls: count, failed }) => ({ group, calls: count, failed })))
    const { output: text } = await run('--provider', 'openai', '--model', 'gpt-4o')
    expect(text).toMatch(/^Since 2026-03-03 13:00:00 UTC:\n\nMODEL +CALLS +FAILED +INPUT +OUTPUT +FIRST BYTE\ngpt-4o +1 +1 +0 +0 /)
    expect((await run('--by', 'hour')).output).toMatch(/\n2026-03-04 12:00 +\d+/)
    expect((await run('--model', 'nobody')).output).toBe('No calls since 2026-03-03 13:00:00 UTC.\n')
  })

  test('refuses what means nothing', async () => {
    for (const argv of [
      ['--by', 'week'],
      ['--since', 'then'],
      ['--limit', '0'],
      ['--since', '1h', '--until', '2h'],
      ['--since', '2099-01-01'],
    ])
      expect((await run(...argv)).exitCode).toBe(2)
  })
})
