import { describe, expect, it } from 'vitest'
import { startVendor } from '../../support/upstream/vendors.ts'
import { useGateway } from '../../support/use.ts'
import { refusal, ziriClient } from './client.ts'

/** The examples of ZIRI's Providers page, in its order, as they stand there. */
const now = new Date('2025-01-01T12:00:00.000Z')
const gateway = useGateway({ clock: () => now, environment: { OUTBOUND_ALLOW: 'loopback' } })
const client = ziriClient(gateway)

const REQUEST = `{
    "name": "openai",
    "apiKey": "sk-...",
    "metadata": {
      "displayName": "OpenAI",
      "baseUrl": "https://api.openai.com/v1"
    }
  }`
const PROVIDER = {
  id: 1,
  name: 'openai',
  displayName: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  createdAt: '2025-01-01 12:00:00',
  updatedAt: '2025-01-01 12:00:00',
}
const NOT_FOUND = refusal('Provider not found', 'PROVIDER_NOT_FOUND')

describe('the examples of the page', () => {
  it('Get Provider, Provider Not Found', async () => {
    const { status, body } = await client.get('/api/providers/openai')
    expect([status, body]).toEqual([404, NOT_FOUND])
  })

  it('Create or Update Provider', async () => {
    const { status, body } = await client.post('/api/providers', REQUEST)
    expect([status, body]).toMatchObject([200, { provider: PROVIDER }])
    expect((await client.post('/api/providers', REQUEST)).body).toMatchObject({ provider: PROVIDER })
  })

  it('List Providers', async () => {
    const { status, body } = await client.get('/api/providers?search=openai&limit=10')
    expect([status, body]).toMatchObject([200, { providers: [PROVIDER], total: 1 }])
  })

  it('Get Provider', async () => {
    const { status, body } = await client.get('/api/providers/openai')
    expect([status, body]).toMatchObject([200, { provider: PROVIDER }])
  })

  it('Missing Fields, Invalid API Key', async () => {
    const missing = await client.post('/api/providers', { name: 'openai' })
    expect([missing.status, missing.body]).toEqual([400, refusal('name and apiKey are required', 'MISSING_FIELDS')])
    const invalid = await client.post('/api/providers', { name: 'openai', apiKey: 'no-key' })
    expect([invalid.status, invalid.body]).toEqual([400, refusal('Invalid API key format', 'INVALID_API_KEY')])
  })

  it('Test Provider, and Connection Failed', async () => {
    const vendor = await startVendor('openai', { goodKeys: ['sk-good-key'] })
    const metadata = { baseUrl: vendor.baseUrl }
    await client.post('/api/providers', { name: 'openai', apiKey: 'sk-good-key', metadata })
    const good = await client.post('/api/providers/openai/test')
    expect([good.status, good.body]).toEqual([200, { success: true, message: 'Provider connection successful' }])
    await client.post('/api/providers', { name: 'openai', apiKey: 'sk-bad-key' })
    const bad = await client.post('/api/providers/openai/test')
    expect([bad.status, bad.body]).toEqual([400, refusal('Provider connection failed: Invalid API key', 'CONNECTION_FAILED')])
    await vendor.close()
  })

  it('Delete Provider, and Provider Not Found', async () => {
    const { status, body } = await client.remove('/api/providers/openai')
    expect([status, body]).toEqual([200, { success: true }])
    const again = await client.remove('/api/providers/openai')
    expect([again.status, again.body]).toEqual([404, NOT_FOUND])
  })
})
