import { describe, expect, it } from 'vitest'
import { respanDialect } from '../../../src/rest/respan/routes.ts'
import { uniqueName } from '../../support/providers.ts'
import { startVendor } from '../../support/upstream/vendors.ts'
import { useGateway } from '../../support/use.ts'
import { useStarted } from '../../support/use-started.ts'
import { PATH, respanClient, seenInGraphQL } from './client.ts'

let now = Date.parse('2024-01-15T10:30:00.000Z')
const KEY = 'good-key-0123456789-0123'
const gateway = useGateway({ clock: () => new Date(now), environment: { OUTBOUND_ALLOW: 'loopback' } })
const client = respanClient(gateway)
const vendor = useStarted(() => startVendor('openai-compat', { goodKeys: [KEY] }))

const NOT_FOUND = { detail: 'Not found.' }

/** Makes a provider; returns its id. */
async function made(more: Record<string, unknown> = {}): Promise<string> {
  now += 1_000
  const provider_id = uniqueName()
  const extra_kwargs = { base_url: vendor.baseUrl, timeout: 5 }
  const { status } = await client.post(PATH, { provider_id, provider_name: 'Name', api_key: KEY, extra_kwargs, ...more })
  expect(status).toBe(201)
  return provider_id
}

describe('list and get', () => {
  it('lists everything as a bare array in the order of creation, whatever page is asked for', async () => {
    const ids = [await made(), await made(), await made()]
    for (const query of ['', '?page=2&page_size=1']) {
      const { status, text } = await client.get(`${PATH}${query}`)
      const listed: { id: string }[] = JSON.parse(text)
      expect([status, listed.map(({ id }) => id).slice(-3)]).toEqual([200, ids])
    }
  })

  it('shows five fields and no more', async () => {
    const id = await made()
    const { body } = await client.get(`${PATH}${id}`)
    expect(Object.keys(body).sort()).toEqual(['created_at', 'id', 'provider_id', 'provider_name', 'updated_at'])
    expect(body.created_at).toMatch(/^2024-01-15T1\d:\d\d:\d\dZ$/)
  })

  it('answers 404 for an id that nothing has, or can have', async () => {
    for (const id of ['nothing-here', 'a_b', '%00', '123']) {
      for (const answer of [
        await client.get(`${PATH}${id}/`),
        await client.patch(`${PATH}${id}/`, { provider_name: 'x' }),
        await client.patch(`${PATH}${id}/`, {}),
        await client.put(`${PATH}${id}/`, { provider_name: 'x' }),
        await client.remove(`${PATH}${id}/`),
      ])
        expect([answer.status, answer.body]).toEqual([404, NOT_FOUND])
    }
  })
})

describe('PATCH', () => {
  it('merges the three fields, and raises updated_at', async () => {
    const id = await made()
    const before = (await client.get(`${PATH}${id}/`)).body
    now += 60_000
    const { status, body } = await client.patch(`${PATH}${id}/`, { provider_name: 'New' })
    expect([status, body]).toEqual([200, { ...before, provider_name: 'New', updated_at: `${new Date(now).toISOString().slice(0, 19)}Z` }])
    expect(await seenInGraphQL(gateway, id)).toMatchObject({
      baseUrl: vendor.baseUrl,
      network: { timeoutMs: 5_000 },
      apiKeys: { nodes: [{}] },
    })
  })

  it('changes nothing when it has nothing', async () => {
    const id = await made()
    const before = (await client.get(`${PATH}${id}/`)).body
    now += 60_000
    const answer = await client.patch(`${PATH}${id}/`, {})
    expect([answer.status, answer.body]).toEqual([200, before])
    expect((await seenInGraphQL(gateway, id)).version).toBe(1)
  })

  it('ignores another provider_id: it is read-only', async () => {
    const id = await made()
    const { body } = await client.patch(`${PATH}${id}/`, { provider_id: 'other', provider_name: 'New' })
    expect(body.provider_id).toBe(id)
  })

  it('replaces the extra settings as a whole', async () => {
    const id = await made()
    await client.patch(`${PATH}${id}/`, { extra_kwargs: { base_url: vendor.baseUrl } })
    expect((await seenInGraphQL(gateway, id)).network.timeoutMs).toBe(30_000)
  })

  it.each([null, {}])('clears the extra settings for %j, and is a placeholder again', async (extra_kwargs) => {
    const id = await made()
    expect((await client.patch(`${PATH}${id}/`, { extra_kwargs })).status).toBe(200)
    expect(await seenInGraphQL(gateway, id)).toMatchObject({ baseUrl: '', enabled: false, apiKeys: { nodes: [{}] } })
  })

  it('goes back to the endpoint of a vendor that the id names', async () => {
    await client.post(PATH, { provider_id: 'cerebras', provider_name: 'C', extra_kwargs: { base_url: 'https://mine.example.com' } })
    await client.patch(`${PATH}cerebras/`, { extra_kwargs: {} })
    expect(await seenInGraphQL(gateway, 'cerebras')).toMatchObject({ baseUrl: 'https://api.cerebras.ai/v1', enabled: true })
  })

  it.each([null, ''])('clears the key for %j', async (api_key) => {
    const id = await made()
    await client.patch(`${PATH}${id}/`, { api_key })
    expect((await seenInGraphQL(gateway, id)).apiKeys.nodes).toEqual([])
  })
})

describe('PUT', () => {
  it('keeps a key that is not given, and clears extra settings that are not', async () => {
    const id = await made()
    expect((await client.put(`${PATH}${id}/`, { provider_name: 'New' })).status).toBe(200)
    expect(await seenInGraphQL(gateway, id)).toMatchObject({ displayName: 'New', baseUrl: '', apiKeys: { nodes: [{}] } })
  })

  it('replaces everything that it gives, but the provider_id, which is read-only', async () => {
    const id = await made()
    const extra_kwargs = { base_url: 'https://b.example.com', timeout: 7 }
    const body = { provider_id: 'other', provider_name: 'New', api_key: 'another-key-0123456789', extra_kwargs }
    const answer = await client.put(`${PATH}${id}/`, body)
    expect([answer.status, answer.body]).toMatchObject([200, { id, provider_id: id, provider_name: 'New' }])
    const network = { timeoutMs: 7_000 }
    const apiKeys = { nodes: [{ masked: 'anot...6789' }] }
    expect(await seenInGraphQL(gateway, id)).toMatchObject({ displayName: 'New', baseUrl: extra_kwargs.base_url, network, apiKeys })
    await client.put(`${PATH}${id}/`, { provider_name: 'New', extra_kwargs: { ...extra_kwargs, api_key: 'inner-key-0123456789' } })
    expect((await seenInGraphQL(gateway, id)).apiKeys.nodes).toEqual([{ masked: 'inne...6789' }])
  })

  it('enables a placeholder that it gives an endpoint', async () => {
    const id = await made({ extra_kwargs: {} })
    expect((await seenInGraphQL(gateway, id)).enabled).toBe(false)
    await client.put(`${PATH}${id}/`, { provider_name: 'New', extra_kwargs: { base_url: vendor.baseUrl } })
    expect((await seenInGraphQL(gateway, id)).enabled).toBe(true)
  })

  it('needs the name', async () => {
    const { status, body } = await client.put(`${PATH}${await made()}/`, {})
    expect([status, body]).toEqual([400, { provider_name: ['This field is required.'] }])
  })
})

describe('DELETE', () => {
  it('answers 204 with an empty body, and 404 the second time', async () => {
    const id = await made()
    const { status, text } = await client.remove(`${PATH}${id}/`)
    expect([status, text]).toEqual([204, ''])
    const again = await client.remove(`${PATH}${id}`)
    expect([again.status, again.body]).toEqual([404, NOT_FOUND])
  })

  it('frees the id: a POST creates it anew', async () => {
    const id = await made()
    await client.remove(`${PATH}${id}/`)
    expect((await client.post(PATH, { provider_id: id, provider_name: 'Again' })).status).toBe(201)
    expect((await seenInGraphQL(gateway, id)).apiKeys.nodes).toEqual([])
  })
})

describe('bodies of PATCH and PUT', () => {
  it.each(['PATCH', 'PUT'])('%s is refused for what breaks rules, and changes nothing', async (method) => {
    const id = await made()
    const send = async (body: unknown, headers = {}) => {
      const answer = await client.send(method, `${PATH}${id}/`, { body, headers })
      return [answer.status, answer.body]
    }
    expect(await send('{"api_key": "very-secret')).toEqual([400, { detail: 'JSON parse error - it is not well formed' }])
    expect((await send('a=b', { 'content-type': 'text/plain' }))[0]).toBe(415)
    expect(await send([])).toEqual([400, { non_field_errors: [expect.stringMatching(/^Invalid data\. Expected a dictionary/)] }])
    expect(await send({ provider_name: null })).toEqual([400, { provider_name: ['This field may not be null.'] }])
    expect(await send({ provider_name: 'x', api_key: [] })).toEqual([400, { api_key: ['Not a valid string.'] }])
    expect(await send({ provider_name: 'x', extra_kwargs: { timeout: 0 } })).toEqual([
      400,
      { extra_kwargs: [expect.stringMatching(/^timeout: /)] },
    ])
    expect((await send({ provider_name: 'x'.repeat(1_000_001) }))[0]).toBe(413)
    expect((await seenInGraphQL(gateway, id)).version).toBe(1)
  })
})

describe('who may what', () => {
  it('tells missing credentials from bad ones', async () => {
    const missing = await client.get(PATH, { token: null })
    expect([missing.status, missing.body]).toEqual([401, { detail: 'Authentication credentials were not provided.' }])
    const bad = await client.get(PATH, { token: 'bad' })
    expect([bad.status, bad.body]).toEqual([401, { detail: 'Your API key is invalid or expired.' }])
  })

  it('lets a viewer read, and nothing else', async () => {
    const token = await gateway.token('VIEWER')
    const id = await made()
    expect((await client.get(`${PATH}${id}/`, { token })).status).toBe(200)
    for (const answer of [
      await client.post(PATH, { provider_id: id, provider_name: 'x' }, { token }),
      await client.patch(`${PATH}${id}/`, {}, { token }),
      await client.put(`${PATH}${id}/`, { provider_name: 'x' }, { token }),
      await client.remove(`${PATH}${id}/`, { token }),
    ])
      expect([answer.status, answer.body]).toEqual([403, { detail: 'You do not have permission to perform this action.' }])
  })

  it('does not let an editor change the endpoint without the key', async () => {
    const token = await gateway.token('EDITOR')
    const id = await made()
    const extra_kwargs = { base_url: 'https://elsewhere.example.com' }
    for (const answer of [
      await client.patch(`${PATH}${id}/`, { extra_kwargs }, { token }),
      await client.put(`${PATH}${id}/`, { provider_name: 'x' }, { token }),
      await client.post(PATH, { provider_id: id, provider_name: 'x', extra_kwargs }, { token }),
    ])
      expect([answer.status, answer.body]).toEqual([400, { api_key: ['required when base_url changes'] }])
    expect((await seenInGraphQL(gateway, id)).version).toBe(1)
    expect((await client.patch(`${PATH}${id}/`, { api_key: KEY, extra_kwargs }, { token })).status).toBe(200)
  })

  it('does not let an editor give a host to a placeholder whose key they do not know', async () => {
    const token = await gateway.token('EDITOR')
    const id = await made({ extra_kwargs: {} })
    const { status, body } = await client.patch(`${PATH}${id}/`, { extra_kwargs: { base_url: 'https://elsewhere.example.com' } }, { token })
    expect([status, body]).toEqual([400, { api_key: ['required when base_url changes'] }])
  })

  it('does not let an editor add a header that decides where the stored key goes, without the key', async () => {
    const token = await gateway.token('EDITOR')
    const id = await made()
    const extra_kwargs = { base_url: vendor.baseUrl, headers: { host: 'elsewhere.example.com' } }
    expect((await client.patch(`${PATH}${id}/`, { extra_kwargs }, { token })).body).toHaveProperty('api_key')
    expect((await client.patch(`${PATH}${id}/`, { api_key: KEY, extra_kwargs }, { token })).status).toBe(200)
  })

  it('answers 405 with the methods there are, and 404 to another path', async () => {
    const wrong = await client.remove(PATH)
    expect([wrong.status, wrong.body, wrong.headers.get('allow')]).toEqual([405, { detail: 'Method "DELETE" not allowed.' }, 'GET, POST'])
    const item = await client.post(`${PATH}${await made()}/`, {})
    expect([item.status, item.body, item.headers.get('allow')]).toEqual([
      405,
      { detail: 'Method "POST" not allowed.' },
      'GET, PATCH, PUT, DELETE',
    ])
    expect((await client.get('/api/elsewhere/')).body).toEqual(NOT_FOUND)
  })
})

describe('a mask sent back', () => {
  it.each(['good...0123', 'g...3', 'go...23', '...', '****', 'good****0123', '********', 'env:SOME_KEY_NAME'])(
    '%s is refused, and the stored key is still the one sent',
    async (mask) => {
      const id = await made()
      const base = { base_url: vendor.baseUrl }
      for (const answer of [
        await client.post(PATH, { provider_id: id, provider_name: 'x', api_key: mask }),
        await client.post(PATH, { provider_id: id, provider_name: 'x', extra_kwargs: { ...base, api_key: mask } }),
        await client.patch(`${PATH}${id}/`, { api_key: mask }),
        await client.put(`${PATH}${id}/`, { provider_name: 'x', api_key: mask, extra_kwargs: base }),
      ])
        expect([answer.status, answer.body]).toEqual([400, { api_key: [expect.stringMatching(/mask/)] }])
      const tested = await gateway.ask<{ testConnection: { success: boolean } }>(
        'mutation ($name: String) { testConnection(input: { saved: { provider: { name: $name } } }) { ... on TestConnectionPayload { success } } }',
        { name: id },
      )
      expect(tested.testConnection.success).toBe(true)
      expect(vendor.keys()).toContain(KEY)
      expect(vendor.keys()).not.toContain(mask)
    },
  )
})

describe('where it is', () => {
  it('describes itself', async () => {
    const { status, body } = await client.get('/api/openapi.json')
    expect([status, body]).toEqual([200, JSON.parse(JSON.stringify(respanDialect.openApi))])
  })

  it('answers at the bare path only when the operator says so', async () => {
    const headers = { authorization: `Bearer ${gateway.adminToken}` }
    expect((await gateway.fetch('/api/providers/', { headers })).status).toBe(404)
    await gateway.restart({ ROOT_DIALECT: 'respan' })
    for (const path of ['/api/providers', '/api/providers/', '/respan/api/providers/'])
      expect(await (await gateway.fetch(path, { headers })).json()).toBeInstanceOf(Array)
    await gateway.restart()
  })
})
