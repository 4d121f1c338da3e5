import { describe, expect, it } from 'vitest'
import { useGateway } from '../../support/use.ts'
import { PATH, respanClient, seenInGraphQL } from './client.ts'

/** The examples of the page "Create custom provider", as they stand there. */
let now = new Date('2024-01-15T10:30:00.000Z')
const gateway = useGateway({ clock: () => now })
const client = respanClient(gateway)

const CURL = `{
   "provider_id": "my-azure-provider",
   "provider_name": "My Azure Provider",
   "api_key": "your-api-key",
   "extra_kwargs": {
     "base_url": "https://my-azure-endpoint.openai.azure.com"
   }
 }`
const ANSWER = {
  id: 'my-azure-provider',
  provider_id: 'my-azure-provider',
  provider_name: 'My Azure Provider',
  created_at: '2024-01-15T10:30:00Z',
  updated_at: '2024-01-15T10:30:00Z',
}

describe('the examples of the page', () => {
  it('begin with nothing: the list is an empty array', async () => {
    const { status, body } = await client.get(PATH)
    expect([status, body]).toEqual([200, []])
  })

  it('201 Created', async () => {
    const { status, body } = await client.post(PATH, CURL)
    expect([status, body]).toEqual([201, ANSWER])
    expect(await seenInGraphQL(gateway, 'my-azure-provider')).toMatchObject({
      type: 'AZURE',
      enabled: true,
      baseUrl: 'https://my-azure-endpoint.openai.azure.com',
      apiKeys: { nodes: [{ masked: 'yo...ey' }] },
    })
  })

  it('200 OK (Updated)', async () => {
    now = new Date('2024-01-15T12:00:00.000Z')
    const { status, body } = await client.post(PATH, CURL)
    expect([status, body]).toEqual([200, { ...ANSWER, updated_at: '2024-01-15T12:00:00Z' }])
  })

  it('the extra_kwargs of the page, with a timeout in seconds', async () => {
    const extra_kwargs = { base_url: 'https://my-azure-endpoint.openai.azure.com', timeout: 60 }
    const fields = { provider_id: 'my-azure-provider', provider_name: 'My Azure Provider', api_key: 'your-api-key-here' }
    expect((await client.post(PATH, { ...fields, extra_kwargs })).status).toBe(200)
    expect((await seenInGraphQL(gateway, 'my-azure-provider')).network.timeoutMs).toBe(60_000)
  })

  it('401 Unauthorized', async () => {
    const { status, body } = await client.post(PATH, CURL, { token: null })
    expect([status, body]).toEqual([401, { detail: 'Authentication credentials were not provided.' }])
  })
})
