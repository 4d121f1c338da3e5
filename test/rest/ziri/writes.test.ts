import { describe, expect, it } from 'vitest'
import { storedText } from '../../support/dialect-client.ts'
import { uniqueName, writerOf } from '../../support/providers.ts'
import { useGateway } from '../../support/use.ts'
import { errorOf, ziriClient } from './client.ts'

const LOG: string[] = []
const SECRET = 'sk-0123456789-very-secret-0123456789'
const gateway = useGateway({ log: (line) => LOG.push(line) })
const client = ziriClient(gateway)

const PATH = '/api/providers'
const KEY = 'a-key-0123456789'
const upsert = (fields: Record<string, unknown>) => client.post(PATH, { apiKey: KEY, ...fields })

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

  it('keeps the one of display name and base URL that is not given', async () => {
    const name = uniqueName()
    await upsert({ name, metadata: { displayName: 'Mine', baseUrl: 'https://a.example.com' } })
    const moved = await upsert({ name, metadata: { baseUrl: 'https://b.example.com' } })
    expect(moved.body.provider).toMatchObject({ displayName: 'Mine', baseUrl: 'https://b.example.com' })
    const renamed = await upsert({ name, metadata: { displayName: 'Other' } })
    expect(renamed.body.provider).toMatchObject({ displayName: 'Other', baseUrl: 'https://b.example.com' })
  })

  it('puts its key in place of all that another language gave', async () => {
    const name = uniqueName()
    const apiKeys = [{ credential: { value: 'first-key-0123456789' } }, { credential: { value: 'second-key-0123456789' } }]
    const input = { name, baseUrl: 'https://a.example.com', apiKeys }
    await gateway.ask('mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) { __typename } }', { input })
    await upsert({ name })
    const read = 'query ($name: String) { provider(by: { name: $name }) { apiKeys { nodes { masked } } } }'
    expect(await gateway.ask(read, { name })).toEqual({ provider: { apiKeys: { nodes: [{ masked: 'a-...89' }] } } })
  })

  it('gives every provider an id of its own, a new one after a deletion too', async () => {
    const name = uniqueName()
    const first = (await upsert({ name })).body.provider.id
    const other = (await upsert({ name: uniqueName() })).body.provider.id
    await client.remove(`${PATH}/${name}`)
    const again = (await upsert({ name })).body.provider.id
    expect(new Set([first, other, again]).size).toBe(3)
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
    for (const baseUrl of ['', null])
      expect((await upsert({ name, metadata: { baseUrl } })).body.provider).toMatchObject({ baseUrl: '', enabled: false })
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

describe('a key that stands where everybody reads', () => {
  const RULE = 'metadata and displayName are shown to everyone who reads: leave the key out of them'

  it.each([
    { note: SECRET },
    { nested: [{ deep: `Bearer ${SECRET}` }] },
    { [SECRET]: 1 },
    { displayName: SECRET },
    { baseUrl: `https://a.example.com/v1?key=${SECRET}` },
  ])('is refused in metadata, and stored nowhere', async (metadata) => {
    const name = uniqueName()
    expect(await errorOf(upsert({ name, apiKey: SECRET, metadata }))).toEqual([400, 'INVALID_REQUEST', RULE])
    expect((await client.get(`${PATH}/${name}`)).status).toBe(404)
  })

  it('is refused in the display name of a PUT', async () => {
    const name = uniqueName()
    await upsert({ name })
    const given = { apiKey: SECRET, displayName: `Mine ${SECRET}` }
    expect(await errorOf(client.put(`${PATH}/${name}`, given))).toEqual([400, 'INVALID_REQUEST', RULE])
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
    [{ name: 'a_b' }, RULE],
    [{ name: 'ünïcode' }, RULE],
    [{ name: 'x'.repeat(5_000) }, expect.stringMatching(/1,000 characters/)],
    [{ metadata: 'text' }, METADATA],
    [{ metadata: [] }, METADATA],
    [{ metadata: { displayName: 5 } }, METADATA],
    [{ metadata: { baseUrl: {} } }, METADATA],
    [{ metadata: { baseUrl: 'no url' } }, expect.stringMatching(/absolute URL/)],
    [{ metadata: { baseUrl: 'http://169.254.169.254/' } }, expect.any(String)],
    [{ metadata: { displayName: 'x'.repeat(3_000) } }, expect.stringMatching(/^displayName: .*2,000 characters/)],
    [{ metadata: { baseUrl: 'https://user:word@a.example.com' } }, expect.stringMatching(/user name or password/)],
    [{ metadata: { note: 'x'.repeat(70_000) } }, expect.stringMatching(/^metadata: .*characters/)],
    [{ metadata: { note: 'a\u0000b' } }, expect.stringMatching(/^metadata: .*character/)],
  ])('%j is an invalid request, and stores nothing', async (fields, message) => {
    const before = (await client.get(PATH)).body.total
    expect(await errorOf(upsert({ name: 'refused', ...fields }))).toEqual([400, 'INVALID_REQUEST', message])
    expect((await client.get(`${PATH}?search=refused`)).body.total).toBe(0)
    expect((await client.get(PATH)).body.total).toBe(before)
  })

  it('answers 400 to malformed JSON, 415 to another type, 413 to a large body', async () => {
    expect(await errorOf(client.post(PATH, `{"apiKey": "${SECRET}"`))).toEqual([400, 'INVALID_REQUEST', expect.any(String)])
    expect((await errorOf(client.post(PATH, '['.repeat(2_000)))).slice(0, 2)).toEqual([400, 'INVALID_REQUEST'])
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'application/jsonx']) {
      const other = client.post(PATH, 'name=openai', { headers: { 'content-type': type } })
      expect(await errorOf(other)).toEqual([415, 'INVALID_REQUEST', 'Send the body as application/json'])
    }
    for (const number of ['1e999', '9'.repeat(400)]) {
      const huge = client.post(PATH, `{"name":"refused","apiKey":"${KEY}","metadata":{"n":${number}}}`)
      expect(await errorOf(huge)).toEqual([400, 'INVALID_REQUEST', expect.stringMatching(/^metadata: .*number.*too large/)])
    }
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
