import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApiDocument } from '../../../src/rest/ziri/openapi.ts'
import { startTestGateway, type TestGateway } from '../../support/gateway.ts'
import { uniqueName } from '../../support/providers.ts'
import type { Situation } from '../../support/upstream/vendor-shapes.ts'
import { startVendor, type Vendor } from '../../support/upstream/vendors.ts'
import { type ZiriClient, ziriClient } from './client.ts'

let gateway: TestGateway
let client: ZiriClient
let vendor: Vendor
const KEY = 'good-key-0123456789'
const PATH = '/api/providers'
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
  client = ziriClient(gateway)
  vendor = await startVendor('openai-compat', { goodKeys: [KEY] })
})
afterAll(async () => {
  await vendor.close()
  await gateway.close()
})

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
    expect([status, body]).toEqual([400, { error: `Provider connection failed: ${reason}`, code: 'CONNECTION_FAILED' }])
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

  it('says what cannot be tested', async () => {
    const input = { name: 'all-disabled', baseUrl: vendor.baseUrl, apiKeys: [{ value: KEY, enabled: false }] }
    await gateway.ask('mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) { __typename } }', { input })
    const { body } = await client.post(`${PATH}/all-disabled/test`)
    expect(body.error).toMatch(/^Provider connection failed: Not testable \(All keys of the provider are disabled\..*[^.]\)$/)
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
    expect([status, body]).toEqual([200, JSON.parse(JSON.stringify(openApiDocument()))])
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
