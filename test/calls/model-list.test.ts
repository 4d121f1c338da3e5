import { beforeAll, describe, expect, test } from 'vitest'
import { callToken } from '../support/call-token.ts'
import { startCallVendor } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

let token: string
/** What the vendor lists to each key. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  'sk-openai-fixture-aaaa-bbbb': ['gpt-5', 'gpt-5-mini'],
  'sk-router-fixture-aaaa-bbbb': ['anthropic/claude-sonnet-4', 'openai/gpt-5'],
  'sk-silent-fixture-aaaa-bbbb': ['gone'],
}

const vendor = useStarted(() =>
  startCallVendor((request, response) => {
    const models = LISTS[request.headers.authorization?.replace('Bearer ', '') ?? '']
    if (models === undefined) return void response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}')
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) }))
  }),
)
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', TEST_NEW_PROVIDERS: 'true' } })
const writer = writerOf(gateway)
beforeAll(async () => {
  token = await callToken(gateway)
})

const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  gateway.fetch(path, { method, headers: { authorization: `Bearer ${token}`, ...headers } })
const idsOf = async (response: Response) => ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
async function listed(expected: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<void> {
  let ids: string[] = []
  while (ids.join() !== expected.join()) ids = await idsOf(await get('/v1/models', headers))
}
const create = (name: string, key: string, more: object = {}) =>
  writer.created({
    name,
    type: 'OPENAI',
    baseUrl: `${vendor.origin}/v1`,
    apiKeys: [{ credential: { value: `sk-${key}-fixture-aaaa-bbbb` } }],
    ...more,
  })

const OPENAI = ['openai/gpt-5', 'openai/gpt-5-mini']
const ROUTER = ['router/anthropic/claude-sonnet-4', 'router/openai/gpt-5']

describe('the list of models', () => {
  test('has the models of a new provider as soon as the test behind its creation is over, which nobody waited for', async () => {
    expect(await idsOf(await get('/v1/models'))).toEqual([])
    const { lastConnectionTest } = await create('openai', 'openai')
    expect(lastConnectionTest).toBeNull()
    await listed(OPENAI)
    const { provider } = await gateway.ask<{ provider: { lastConnectionTest: { status: string } } }>(
      '{ provider(by: { name: "openai" }) { lastConnectionTest { status } } }',
    )
    expect(provider.lastConnectionTest.status).toBe('OK')
    await create('router', 'router')
    await listed([...OPENAI, ...ROUTER])
  })

  test('leaves out models for which no enabled key may be used', async () => {
    const credential = { value: 'sk-openai-fixture-aaaa-bbbb' }
    const { id } = await create('part', 'openai', { apiKeys: [{ credential, models: ['gpt-*'], exceptModels: ['*-mini'] }] })
    await listed([...OPENAI, 'part/gpt-5', ...ROUTER])
    await writer.remove(id)
  })

  test('leaves out disabled and deleted providers, and those that could not be tested', async () => {
    const disabled = await create('silent', 'silent', { enabled: false })
    await create('refused', 'refused')
    expect(await idsOf(await get('/v1/models'))).toEqual([...OPENAI, ...ROUTER])
    await writer.updated(disabled.id, { enabled: true })
    await listed([...OPENAI, ...ROUTER, 'silent/gone'])
    await writer.remove(disabled.id)
    expect(await idsOf(await get('/v1/models'))).toEqual([...OPENAI, ...ROUTER])
  })

  test("is OpenAI's, and Anthropic's to its clients", async () => {
    const openai = await (await get('/v1/models')).json()
    expect(openai).toMatchObject({ object: 'list', data: [{ id: 'openai/gpt-5', object: 'model', owned_by: 'openai' }, {}, {}, {}] })
    const anthropic = await (await get('/v1/models?limit=1000', { 'anthropic-version': '2023-06-01' })).json()
    expect(anthropic).toMatchObject({
      ...{ has_more: false, first_id: 'openai/gpt-5', last_id: 'router/openai/gpt-5' },
      data: [{ type: 'model', id: 'openai/gpt-5', display_name: 'openai/gpt-5', created_at: expect.stringMatching(/Z$/) }, {}, {}, {}],
    })
  })

  test('comes from memory: no vendor is asked, and a client that holds it is told so', async () => {
    vendor.requests.length = 0
    const first = await get('/v1/models')
    const etag = first.headers.get('etag') ?? ''
    expect((await get('/v1/models', { 'if-none-match': etag })).status).toBe(304)
    expect((await get('/v1/models', {}, 'HEAD')).status).toBe(200)
    expect(vendor.requests).toHaveLength(0)
  })

  test('shows a token what it may call alone', async () => {
    const ofRouter = await callToken(gateway, { providers: [{ name: 'router' }] })
    expect(await idsOf(await get('/v1/models', { authorization: `Bearer ${ofRouter}` }))).toEqual(ROUTER)
    const mini = await callToken(gateway, { models: ['*-mini', 'anthropic/*'] })
    expect(await idsOf(await get('/v1/models', { authorization: `Bearer ${mini}` }))).toEqual(['openai/gpt-5-mini', ROUTER[0]])
    expect((await get('/v1/models', { authorization: `Bearer ${gateway.adminToken}` })).status).toBe(403)
    const refused = await gateway.fetch('/v1/chat/completions', {
      method: 'POST',
      body: '{"model":"openai/x"}',
      headers: { authorization: `Bearer ${ofRouter}`, 'content-type': 'application/json' },
    })
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining(ROUTER.join(', ')) } })
  })
})

describe('one model of the list', () => {
  test.each(['/v1/models/router/openai/gpt-5', '/v1/models/router%2Fopenai%2Fgpt-5'])('%s', async (path) => {
    expect(await (await get(path)).json()).toMatchObject({ id: 'router/openai/gpt-5', owned_by: 'router' })
  })

  test.each(['/v1/models/nobody/gpt-5', '/v1/models/%E0%A4%A'])('%s is not there', async (path) => {
    const response = await get(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'model_not_found' } })
  })
})

test('many new providers at once are all tested, each in its turn', async () => {
  let areMade = () => {}
  const made = new Promise<void>((resolve) => {
    areMade = resolve
  })
  vendor.answerWith(async (_request, response) => {
    await made
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[]}')
  })
  for (let index = 0; index < 115; index += 1) await create(`many-${index}`, 'openai')
  areMade()
  const count = async (status: string) => {
    const { providers } = await gateway.ask<{ providers: { totalCount: number } }>(
      `{ providers(filter: { search: "many-", status: ${status} }) { totalCount } }`,
    )
    return providers.totalCount
  }
  await expect.poll(() => count('null')).toBe(0)
  // So is the status of a test that got no turn.
  expect(await count('RATE_LIMITED')).toBe(0)
}, 120_000)
