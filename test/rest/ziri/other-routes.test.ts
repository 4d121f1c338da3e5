import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ziriDialect } from '../../../src/rest/ziri/routes.ts'
import { errorBody } from '../../../src/rest/ziri/wire.ts'
import { uniqueName } from '../../support/providers.ts'
import type { Situation } from '../../support/upstream/vendor-shapes.ts'
import { startVendor } from '../../support/upstream/vendors.ts'
import { useGateway } from '../../support/use.ts'
import { useStarted } from '../../support/use-started.ts'
import { errorOf, refusal, ziriClient } from './client.ts'

const KEY = 'good-key-0123456789'
const PATH = '/api/providers'
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const client = ziriClient(gateway)
const vendor = useStarted(() => startVendor('openai-compat', { goodKeys: [KEY] }))

const upsert = (fields: Record<string, unknown>) => client.post(PATH, { apiKey: KEY, ...fields })

async function made(apiKey = KEY): Promise<string> {
  const name = uniqueName()
  await client.post(PATH, { name, apiKey, metadata: { baseUrl: vendor.baseUrl } })
  return name
}

describe('the test of a connection (ZIRI contract, "test failures")', () => {
  it.each<[Situation, string]>([
    ['rateLimited', 'Rate limited by provider, try again later'],
    ['noPermission', 'The API key lacks permission, or its account has no credit'],
    ['notFound', 'No compatible API at the base URL'],
    ['redirect', 'The base URL redirects to another address'],
    ['down', 'Unexpected response from provider'],
    ['html', 'Unexpected response from provider'],
  ])('words %s itself, and never with the text of the upstream', async (situation, reason) => {
    const name = await made()
    vendor.set({ situation })
    const { status, body } = await client.post(`${PATH}/${name}/test`)
    vendor.set({ situation: 'normal' })
    expect([status, body]).toEqual([400, refusal(`Provider connection failed: ${reason}`, 'CONNECTION_FAILED')])
  })

  it('does not repeat a key that the upstream repeats', async () => {
    const { body, text } = await client.post(`${PATH}/${await made('bad-key-0123456789')}/test`)
    expect(body.error).toBe('Provider connection failed: Invalid API key')
    expect(text).not.toContain('bad-key')
  })

  it('says that a key is not verified when the upstream answers anyone', async () => {
    const name = await made()
    vendor.set({ situation: 'acceptsAnyKey' })
    const { status, body } = await client.post(`${PATH}/${name}/test`)
    vendor.set({ situation: 'normal' })
    expect([status, body]).toEqual([200, { success: true, message: 'Provider connection successful', verified: false }])
  })

  it('gives up by itself when the upstream does not answer', async () => {
    const name = await made()
    vendor.set({ situation: 'hang' })
    const { status, body } = await client.post(`${PATH}/${name}/test`)
    vendor.set({ situation: 'normal' })
    expect([status, body.error]).toEqual([400, expect.stringMatching(/^Provider connection failed: Timed out after \d+ s$/)])
  })

  it('does not call an address that the operator does not allow', async () => {
    const name = uniqueName()
    await client.post(PATH, { name, apiKey: KEY, metadata: { baseUrl: 'http://10.0.0.1' } })
    const { body } = await client.post(`${PATH}/${name}/test`)
    expect(body.error).toBe('Provider connection failed: The gateway may not connect to the address of the base URL')
  })

  it('tests a disabled provider too, and lists its models afterwards', async () => {
    const name = await made()
    const { provider } = await gateway.ask<{ provider: { id: string } }>('query ($name: String) { provider(by: { name: $name }) { id } }', {
      name,
    })
    await gateway.ask('mutation ($id: ID!) { updateProvider(input: { provider: { id: $id }, enabled: false }) { __typename } }', {
      id: provider.id,
    })
    expect((await client.post(`${PATH}/${name}/test`)).status).toBe(200)
    expect((await client.get(`${PATH}/${name}`)).body.provider).toMatchObject({ enabled: false, models: ['model-a', 'model-b'] })
  })

  it('leaves updatedAt alone', async () => {
    const name = await made()
    const before = (await client.get(`${PATH}/${name}`)).body.provider
    await client.post(`${PATH}/${name}/test`)
    expect((await client.get(`${PATH}/${name}`)).body.provider).toEqual({ ...before, models: ['model-a', 'model-b'] })
  })

  it.each([
    ['https', /^Provider connection failed: No secure connection/],
    ['nowhere', /^Provider connection failed: The base URL cannot be reached$/],
  ])('tells an endpoint that is none (%s)', async (what, reason) => {
    const name = uniqueName()
    const baseUrl = what === 'https' ? vendor.baseUrl.replace('http:', 'https:') : 'http://127.0.0.1:1/v1'
    await client.post(PATH, { name, apiKey: KEY, metadata: { baseUrl } })
    const { status, body } = await client.post(`${PATH}/${name}/test`)
    expect([status, body]).toMatchObject([400, { error: expect.stringMatching(reason), code: 'CONNECTION_FAILED' }])
  })

  it('says that a type without a known probe cannot be tested', async () => {
    const input = { name: 'github-copilot' }
    await gateway.ask('mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) { __typename } }', { input })
    const { status, body } = await client.post(`${PATH}/github-copilot/test`)
    expect([status, body.error]).toEqual([400, expect.stringMatching(/^Provider connection failed: Not testable \(GitHub Copilot .*\)$/)])
  })

  it('says what cannot be tested', async () => {
    const input = { name: 'all-disabled', baseUrl: vendor.baseUrl, apiKeys: [{ credential: { value: KEY }, enabled: false }] }
    await gateway.ask('mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) { __typename } }', { input })
    const { body } = await client.post(`${PATH}/all-disabled/test`)
    expect(body.error).toMatch(/^Provider connection failed: Not testable \(All keys of the provider are disabled\..*[^.]\)$/)
  })
})

describe('PUT, DELETE and other methods (ZIRI contract, section A3)', () => {
  it('changes the key and the display name of one that exists', async () => {
    const name = uniqueName()
    await upsert({ name, metadata: { baseUrl: 'https://a.example.com' } })
    expect((await client.put(`${PATH}/${name}`, { displayName: 'New', apiKey: 'other-key-0123456789' })).body.provider.displayName).toBe(
      'New',
    )
    expect(await errorOf(client.put(`${PATH}/${name}`, { apiKey: 'short' }))).toEqual([400, 'INVALID_API_KEY', 'Invalid API key format'])
    expect((await errorOf(client.put(`${PATH}/${name}`, { displayName: 5 })))[1]).toBe('INVALID_REQUEST')
    expect((await errorOf(client.put(`${PATH}/${name}`, '{'))).slice(0, 2)).toEqual([400, 'INVALID_REQUEST'])
    expect((await errorOf(client.put(`${PATH}/${name}`, 'a=b', { headers: { 'content-type': 'text/plain' } })))[0]).toBe(415)
    expect((await errorOf(client.put(`${PATH}/${name}`, { displayName: 'x'.repeat(110_000) })))[0]).toBe(413)
  })

  it('finds nothing to update in empty texts and null', async () => {
    const name = uniqueName()
    await upsert({ name, metadata: { displayName: 'Mine' } })
    for (const body of ['', {}, [], { displayName: '' }, { apiKey: null }, { apiKey: '', displayName: null }])
      expect(await errorOf(client.put(`${PATH}/${name}`, body))).toEqual([400, 'INVALID_REQUEST', 'Nothing to update'])
    expect((await client.get(`${PATH}/${name}`)).body.provider).toMatchObject({ displayName: 'Mine', hasCredentials: true })
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

describe('the own UI of ZIRI', () => {
  it('finds the text of every refusal in `message` too', async () => {
    const viewer = await gateway.token('VIEWER')
    const answers = await Promise.all([
      client.post(PATH, {}),
      client.post(PATH, { name: 'openai', apiKey: 'no-key' }),
      client.post(PATH, '{'),
      client.post(PATH, 'a=b', { headers: { 'content-type': 'text/plain' } }),
      client.post(PATH, { name: 'x', apiKey: 'x'.repeat(110_000) }),
      client.post(PATH, '{}', { headers: { 'content-encoding': 'gzip' } }),
      client.post(PATH, { name: 'openai', apiKey: 'sk-good-key' }, { token: viewer }),
      client.get(PATH, { token: null }),
      client.get(`${PATH}/nobody`),
      client.put(PATH, {}),
      client.get('/api/elsewhere'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 415, 413, 415, 403, 401, 404, 404, 404])
    for (const { body } of answers) expect(body).toMatchObject({ error: expect.stringMatching(/./), message: body.error })
  })
})

describe('who may what (ZIRI contract, section A2)', () => {
  it('opens to no other way of ZIRI to sign in', async () => {
    const answer = client.get(PATH, { token: null, headers: { 'x-root-key': gateway.adminToken } })
    expect((await errorOf(answer)).slice(0, 2)).toEqual([401, 'ADMIN_AUTH_REQUIRED'])
  })

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

describe('a mask sent back', () => {
  it.each(['good...6789', 'g...9', 'go...89', '...', '****', 'good****6789', '********', 'good-****-key', 'env:SOME_KEY_NAME'])(
    '%s is refused, and the stored key is still the one sent',
    async (mask) => {
      const name = await made()
      for (const answer of [
        await client.post(PATH, { name, apiKey: mask }),
        await client.post(PATH, { name, apiKey: mask, metadata: { displayName: 'x' } }),
        await client.put(`${PATH}/${name}`, { apiKey: mask }),
      ])
        expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_API_KEY'])
      expect((await client.post(`${PATH}/${name}/test`)).status).toBe(200)
      expect(vendor.keys()).toContain(KEY)
      expect(vendor.keys().filter((key) => key === mask)).toEqual([])
    },
  )
})

describe('where it is', () => {
  it('describes itself', async () => {
    const { status, body } = await client.get('/api/openapi.json')
    expect([status, body]).toEqual([200, JSON.parse(JSON.stringify(ziriDialect.openApi))])
  })

  it('answers on every path with and without a slash at its end', async () => {
    const name = uniqueName()
    for (const slash of ['', '/']) {
      const metadata = { baseUrl: vendor.baseUrl }
      expect((await client.post(`${PATH}${slash}`, { name, apiKey: KEY, metadata })).status).toBe(200)
      expect((await client.get(`${PATH}${slash}?search=${name}`)).body.total).toBe(1)
      expect((await client.get(`${PATH}/${name}${slash}`)).status).toBe(200)
      expect((await client.put(`${PATH}/${name}${slash}`, { displayName: 'New' })).status).toBe(200)
      expect((await client.post(`${PATH}/${name}/test${slash}`)).status).toBe(200)
      expect((await client.remove(`${PATH}/${name}${slash}`)).status).toBe(200)
    }
  })

  it('answers at the bare path only when the operator says so', async () => {
    const headers = { authorization: `Bearer ${gateway.adminToken}` }
    expect((await gateway.fetch('/api/providers', { headers })).status).toBe(404)
    await gateway.restart({ ROOT_DIALECT: 'ziri' })
    for (const path of ['/api/providers', '/api/providers/', '/ziri/api/providers'])
      expect(await (await gateway.fetch(path, { headers })).json()).toHaveProperty('total')
    await gateway.restart()
  })
})

it('names on the page of the API every code that an error can have', () => {
  const page = readFileSync('docs/ziri.md', 'utf8')
  expect(errorBody.shape.code.options.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})
