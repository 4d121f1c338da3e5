import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storedText } from '../../support/dialect-client.ts'
import { startTestGateway, type TestGateway } from '../../support/gateway.ts'
import { uniqueName, writerOf } from '../../support/providers.ts'
import { type ZiriClient, ziriClient } from './client.ts'

const LOG: string[] = []
const SECRET = 'sk-0123456789-very-secret-0123456789'
let gateway: TestGateway
let client: ZiriClient
beforeAll(async () => {
  gateway = await startTestGateway({ log: (line) => LOG.push(line) })
  client = ziriClient(gateway)
})
afterAll(async () => {
  await gateway.close()
})

const PATH = '/api/providers'
const KEY = 'a-key-0123456789'
const upsert = (fields: Record<string, unknown>) => client.post(PATH, { apiKey: KEY, ...fields })
const errorOf = async (answer: Promise<{ status: number; body: { error: string; code: string } }>) => {
  const { status, body } = await answer
  return [status, body.code, body.error]
}

describe('create and update', () => {
  it('answers 200 to both, with the same id and createdAt', async () => {
    const name = uniqueName()
    const made = (await upsert({ name, metadata: { baseUrl: 'https://a.example.com' } })).body.provider
    const changed = await upsert({ name, metadata: { displayName: 'Other' } })
    expect(changed.status).toBe(200)
    const { id, createdAt, baseUrl } = made
    expect(changed.body.provider).toMatchObject({ id, createdAt, baseUrl, displayName: 'Other', hasCredentials: true, enabled: true })
    expect(Number.isInteger(id)).toBe(true)
  })

  it('keeps display name and base URL when the metadata is left out or null', async () => {
    const name = uniqueName()
    const metadata = { displayName: 'Mine', baseUrl: 'https://a.example.com' }
    await upsert({ name, metadata })
    for (const silent of [undefined, null, {}]) expect((await upsert({ name, metadata: silent })).body.provider).toMatchObject(metadata)
  })

  it('gives the template back for null or an empty text', async () => {
    await upsert({ name: 'mistral', metadata: { displayName: 'Mine', baseUrl: 'https://mine.example.com' } })
    const back = await upsert({ name: 'mistral', metadata: { displayName: null, baseUrl: '' } })
    expect(back.body.provider).toMatchObject({ displayName: 'Mistral', baseUrl: 'https://api.mistral.ai/v1' })
  })

  it('leaves `enabled` alone', async () => {
    const name = uniqueName()
    await upsert({ name, metadata: { baseUrl: 'https://a.example.com' } })
    const { provider } = await gateway.ask<{ provider: { id: string } }>('query ($name: String) { provider(by: { name: $name }) { id } }', {
      name,
    })
    await writerOf(gateway).updated(provider.id, { enabled: false })
    expect((await upsert({ name, metadata: { baseUrl: 'https://b.example.com' } })).body.provider.enabled).toBe(false)
  })

  it.each([
    ['openai', 'OpenAI', 'https://api.openai.com/v1', 'sk-template-key'],
    ['anthropic', 'Anthropic', 'https://api.anthropic.com/v1', 'sk-ant-template-key'],
    ['google', 'Google (Gemini)', 'https://generativelanguage.googleapis.com/v1beta/openai', KEY],
    ['xai', 'xAI', 'https://api.x.ai/v1', KEY],
    ['moonshot', 'Moonshot', 'https://api.moonshot.ai/v1', KEY],
    ['deepseek', 'DeepSeek', 'https://api.deepseek.com', KEY],
    ['dashscope', 'DashScope', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', KEY],
    ['openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1', KEY],
  ])('fills what %s leaves out from its template', async (name, displayName, baseUrl, apiKey) => {
    expect((await upsert({ name, apiKey })).body.provider).toMatchObject({ displayName, baseUrl, enabled: true })
  })

  it('keeps an unknown vendor without an endpoint as a disabled placeholder, until it gets one', async () => {
    const name = uniqueName('nobody')
    expect((await upsert({ name })).body.provider).toMatchObject({ baseUrl: '', enabled: false, displayName: name })
    const test = await errorOf(client.post(`${PATH}/${name}/test`))
    expect(test).toEqual([400, 'CONNECTION_FAILED', 'Provider connection failed: No endpoint configured'])
    expect((await upsert({ name, metadata: { baseUrl: 'https://a.example.com' } })).body.provider.enabled).toBe(true)
  })

  it('lowers the case of names, and finds them in any case on every route', async () => {
    const name = uniqueName('case')
    const upper = name.toUpperCase()
    const metadata = { baseUrl: 'https://a.example.com' }
    const { id } = (await upsert({ name: upper, metadata })).body.provider
    expect((await upsert({ name })).body.provider).toMatchObject({ id, name })
    expect((await client.get(`${PATH}/${upper}`)).body.provider.id).toBe(id)
    expect((await client.put(`${PATH}/${upper}`, { displayName: 'X' })).body.provider.displayName).toBe('X')
    expect((await client.remove(`${PATH}/${upper}/`)).status).toBe(200)
  })

  it('keeps other metadata under its own names, merged, and never that of a field of ours or a key', async () => {
    const name = uniqueName()
    const hidden = { id: 'x', name: 'x', createdAt: 'x', enabled: 'x', models: ['x'], apiKey: SECRET }
    const first = await upsert({ name, metadata: { team: 'a', nested: { b: [1, null] }, ...hidden } })
    expect(first.body.provider).toMatchObject({ team: 'a', nested: { b: [1, null] }, name, enabled: false, models: [] })
    expect(first.body.provider).not.toHaveProperty('apiKey')
    const second = await upsert({ name, metadata: { team: null, owner: 'c' } })
    expect(second.body.provider).toMatchObject({ nested: { b: [1, null] }, owner: 'c' })
    expect(second.body.provider).not.toHaveProperty('team')
  })
})

const RULE = 'name must be lowercase letters and digits, words joined by hyphens'
const METADATA = 'metadata must be an object whose displayName and baseUrl are strings'

describe('what is refused (ZIRI contract, section A6)', () => {
  it.each([
    ['{}', {}],
    ['[]', []],
    ['null', 'null'],
    ['an empty body', ''],
    ['no name', { apiKey: KEY }],
    ['an empty name', { name: '', apiKey: KEY }],
    ['no key', { name: 'xai' }],
    ['a key of null', { name: 'xai', apiKey: null }],
    ['an empty key', { name: 'xai', apiKey: '' }],
  ])('%s is missing fields', async (_what, body) => {
    expect(await errorOf(client.post(PATH, body))).toEqual([400, 'MISSING_FIELDS', 'name and apiKey are required'])
  })

  it.each([
    ['openai', 'pk-0123456789'],
    ['openai', 'sk-'],
    ['OpenAI', 'no-key-0123456789'],
    ['anthropic', 'sk-0123456789'],
    ['anthropic', 'sk-ant-'],
    ['xai', '123456789'],
    ['xai', '          '],
    ['xai', '  0123456789'],
    ['xai', '0123456789\r\nX-Evil: 1'],
    ['xai', 123456789012],
    ['xai', 0],
    ['xai', ['0123456789']],
    ['xai', 'schlüssel-0123456789'],
  ])('the key of %s %j has the wrong format', async (name, apiKey) => {
    expect(await errorOf(upsert({ name, apiKey }))).toEqual([400, 'INVALID_API_KEY', 'Invalid API key format'])
  })

  it.each([
    [{ name: 5 }, 'name must be a string'],
    [{ name: 'a b' }, RULE],
    [{ name: 'a/b' }, RULE],
    [{ name: 'vertex_ai' }, RULE],
    [{ name: 'ünïcode' }, RULE],
    [{ name: 'x'.repeat(5_000) }, expect.stringMatching(/1,000 characters/)],
    [{ metadata: 'text' }, METADATA],
    [{ metadata: [] }, METADATA],
    [{ metadata: { displayName: 5 } }, METADATA],
    [{ metadata: { baseUrl: {} } }, METADATA],
    [{ metadata: { baseUrl: 'no url' } }, expect.stringMatching(/absolute URL/)],
    [{ metadata: { baseUrl: 'http://169.254.169.254/' } }, expect.any(String)],
    [{ metadata: { note: 'x'.repeat(70_000) } }, expect.stringMatching(/characters/)],
    [{ metadata: { note: 'a\u0000b' } }, expect.stringMatching(/character/)],
  ])('%j is an invalid request, and stores nothing', async (fields, message) => {
    const before = (await client.get(PATH)).body.total
    expect(await errorOf(upsert({ name: 'refused', ...fields }))).toEqual([400, 'INVALID_REQUEST', message])
    expect((await client.get(`${PATH}?search=refused`)).body.total).toBe(0)
    expect((await client.get(PATH)).body.total).toBe(before)
  })

  it('answers 400 to malformed JSON, 415 to another type, 413 to a large body', async () => {
    expect(await errorOf(client.post(PATH, `{"apiKey": "${SECRET}"`))).toEqual([400, 'INVALID_REQUEST', expect.any(String)])
    expect((await errorOf(client.post(PATH, '['.repeat(2_000)))).slice(0, 2)).toEqual([400, 'INVALID_REQUEST'])
    const form = client.post(PATH, 'name=openai', { headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect((await errorOf(form)).slice(0, 2)).toEqual([415, 'INVALID_REQUEST'])
    expect(await errorOf(upsert({ name: 'xai', apiKey: 'x'.repeat(110_000) }))).toEqual([
      413,
      'INVALID_REQUEST',
      'request entity too large',
    ])
  })

  it('keeps names of JavaScript out of the metadata', async () => {
    const body = `{"name":"${uniqueName()}","apiKey":"${KEY}","metadata":{"__proto__":{"polluted":1},"constructor":{"a":1},"fine":{"__proto__":2}}}`
    const { provider } = (await client.post(PATH, body)).body
    expect(provider).toMatchObject({ fine: {} })
    expect(JSON.stringify(provider)).not.toMatch(/proto|constructor|polluted/)
  })
})

describe('PUT, DELETE and other methods (ZIRI contract, section A3)', () => {
  it('changes the key and the display name of one that exists', async () => {
    const name = uniqueName()
    await upsert({ name, metadata: { baseUrl: 'https://a.example.com' } })
    expect((await client.put(`${PATH}/${name}`, { displayName: 'New', apiKey: 'other-key-0123456789' })).body.provider.displayName).toBe(
      'New',
    )
    expect(await errorOf(client.put(`${PATH}/${name}`, {}))).toEqual([400, 'INVALID_REQUEST', 'Nothing to update'])
    expect(await errorOf(client.put(`${PATH}/${name}`, { apiKey: 'short' }))).toEqual([400, 'INVALID_API_KEY', 'Invalid API key format'])
    expect((await errorOf(client.put(`${PATH}/${name}`, { displayName: 5 })))[1]).toBe('INVALID_REQUEST')
  })

  it('answers 404 for a name that nothing has, or can have', async () => {
    for (const name of ['nothing-here', 'a%2Fb', 'a_b', '%00', '%zz'])
      for (const answer of [
        client.get(`${PATH}/${name}`),
        client.put(`${PATH}/${name}`, { displayName: 'x' }),
        client.remove(`${PATH}/${name}`),
        client.post(`${PATH}/${name}/test`),
      ])
        expect(await errorOf(answer)).toEqual([404, 'PROVIDER_NOT_FOUND', 'Provider not found'])
  })

  it('answers 404 to another method or path', async () => {
    expect(await errorOf(client.patch(`${PATH}/openai`, {}))).toEqual([404, 'NOT_FOUND', 'Not found: PATCH /ziri/api/providers/openai'])
    expect(await errorOf(client.get('/api/elsewhere'))).toEqual([404, 'NOT_FOUND', 'Not found: GET /ziri/api/elsewhere'])
  })
})

describe('who may what (ZIRI contract, section A2)', () => {
  it('answers 401 without a good token', async () => {
    for (const token of [null, 'wrong'])
      expect(await errorOf(client.get(PATH, { token }))).toEqual([
        401,
        'ADMIN_AUTH_REQUIRED',
        'Admin authentication required. Please login.',
      ])
  })

  it('lets a viewer list and get, and nothing else', async () => {
    const token = await gateway.token('VIEWER')
    const name = uniqueName()
    await upsert({ name, metadata: { baseUrl: 'https://a.example.com' } })
    expect((await client.get(PATH, { token })).status).toBe(200)
    expect((await client.get(`${PATH}/${name}`, { token })).status).toBe(200)
    for (const answer of [
      client.post(PATH, { name, apiKey: KEY }, { token }),
      client.put(`${PATH}/${name}`, { displayName: 'x' }, { token }),
      client.remove(`${PATH}/${name}`, { token }),
      client.post(`${PATH}/${name}/test`, undefined, { token }),
    ])
      expect(await errorOf(answer)).toEqual([403, 'ACCESS_DENIED', 'Access denied'])
  })

  it('lets an editor change the endpoint, as the key comes with it always', async () => {
    const token = await gateway.token('EDITOR')
    const name = uniqueName()
    await upsert({ name, metadata: { baseUrl: 'https://a.example.com' } })
    const moved = await client.post(PATH, { name, apiKey: KEY, metadata: { baseUrl: 'https://b.example.com' } }, { token })
    expect(moved.status).toBe(200)
  })
})

it('keeps one provider and fails none of 200 upserts of one name at once', async () => {
  const name = uniqueName('race')
  const metadata = { baseUrl: 'https://race.example.com' }
  const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => upsert({ name, apiKey: `race-key-${index}-0123`, metadata })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(answers.map(({ body }) => body.provider.id)).size).toBe(1)
  expect((await client.get(`${PATH}?search=${name}`)).body.total).toBe(1)
}, 60_000)

it('shows no secret in an answer, the log or the stored files', async () => {
  await upsert({ name: 'openai', apiKey: SECRET, metadata: { apiKey: SECRET } })
  await client.post(`${PATH}/openai/test`, undefined, { headers: {} })
  await gateway.stop()
  for (const text of [client.answered(), LOG.join('\n'), await storedText(gateway)]) expect(text).not.toContain('very-secret')
  await gateway.restart()
})
