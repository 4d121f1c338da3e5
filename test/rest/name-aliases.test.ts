import { describe, expect, it } from 'vitest'
import { bifrostClient, SIZES, uniqueKey } from '../support/bifrost-client.ts'
import { startVendor } from '../support/upstream/vendors.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'
import { ziriClient } from './ziri/client.ts'

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const bifrost = bifrostClient(gateway)
const ziri = ziriClient(gateway)
const KEY = 'good-key-0123456789'
const vendor = useStarted(() => startVendor('openai-compat', { goodKeys: [KEY] }))

const PATH = '/api/providers'
const SPELLINGS = ['bedrock_mantle', 'bedrock-mantle'] as const
const MANTLE = {
  enabled: false,
  bedrock_mantle_key_config: { region: 'us-east-1', access_key: 'AKIAALIASFIXTURE', secret_key: 'x'.repeat(40) },
}

/** What GraphQL knows of a provider. */
async function stored(name: string): Promise<unknown> {
  const query = 'query ($name: String!) { provider(by: { name: $name }) { name type } }'
  return (await gateway.ask<{ provider: unknown }>(query, { name })).provider
}
const make = (name: string, fields: object = {}) =>
  gateway.ask('mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) { __typename } }', { input: { name, ...fields } })
const listed = async () => (await bifrost.send('GET', PATH)).body.providers?.map(({ name }) => name)
const remove = (name: string) => bifrost.remove(name)

describe("bedrock_mantle of Bifrost's menu", () => {
  it('is stored with a hyphen, shown as it was written, and found by both spellings', async () => {
    const made = await bifrost.created({ provider: 'bedrock_mantle' })
    expect(made).toMatchObject({ name: 'bedrock_mantle' })
    expect(made).not.toHaveProperty('custom_provider_config')
    expect(await stored('bedrock-mantle')).toEqual({ name: 'bedrock-mantle', type: 'BEDROCK' })
    expect(await listed()).toEqual(['bedrock_mantle'])
    for (const name of SPELLINGS) {
      expect((await bifrost.read(name)).name).toBe('bedrock_mantle')
      expect((await bifrost.replaced(name)).name).toBe('bedrock_mantle')
      expect(await bifrost.refused('POST', PATH, { provider: name })).toEqual([409, `Provider ${name} already exists`])
    }
    const coder = await gateway.fetch('/api/v2/ai/providers', { headers: { authorization: `Bearer ${gateway.adminToken}` } })
    expect(await coder.json()).toMatchObject([{ name: 'bedrock-mantle', type: 'bedrock' }])
    expect((await remove('bedrock_mantle')).body).toMatchObject({ name: 'bedrock_mantle', provider_status: '' })
    expect(await listed()).toEqual([])
  })

  it('takes the keys that Bifrost gives it, by both spellings', async () => {
    await bifrost.created({ provider: 'bedrock_mantle', keys: [{ name: 'first', ...MANTLE }] })
    for (const name of SPELLINGS) {
      const at = `${PATH}/${name}/keys`
      const key = await bifrost.createdKey(name, { name, value: '', ...MANTLE })
      expect(await bifrost.readKey(name, key.id)).toEqual(key)
      expect(await bifrost.replacedKey(name, key.id, { ...key })).toEqual(key)
      expect(await bifrost.refused('POST', at, { value: uniqueKey() })).toEqual([
        400,
        'bedrock_mantle_key_config.region is required for Bedrock Mantle keys',
      ])
      expect((await bifrost.send('POST', `${PATH}/${name}/refresh-models`)).status).toBe(200)
      expect((await bifrost.send('DELETE', `${at}/${key.id}`)).status).toBe(200)
    }
    const all = JSON.parse((await bifrost.send('GET', '/api/keys')).text)
    expect(all).toMatchObject([{ name: 'first', provider: 'bedrock_mantle' }])
    await remove('bedrock-mantle')
  })

  it('is standard: it cannot be a custom provider, by POST and by PUT', async () => {
    const custom_provider_config = { base_provider_type: 'openai' }
    expect(await bifrost.refused('POST', PATH, { provider: 'bedrock_mantle', custom_provider_config })).toEqual([
      400,
      'Custom provider cannot be same as a standard provider',
    ])
    const body = { concurrency_and_buffer_size: SIZES, custom_provider_config }
    expect(await bifrost.refused('PUT', `${PATH}/bedrock_mantle`, body)).toEqual([
      400,
      'Invalid custom provider config: custom provider validation failed: cannot be created on standard providers: bedrock_mantle',
    ])
  })

  it('made by a PUT is shown as it was written', async () => {
    expect((await bifrost.replaced('bedrock_mantle')).name).toBe('bedrock_mantle')
    expect(await listed()).toEqual(['bedrock_mantle'])
    await remove('bedrock_mantle')
  })

  it('that was written with a hyphen stays so, custom as it is', async () => {
    const custom = { custom_provider_config: { base_provider_type: 'openai' }, network_config: { base_url: 'http://127.0.0.1:9' } }
    expect(await bifrost.created({ provider: 'bedrock-mantle', ...custom })).toMatchObject({ name: 'bedrock-mantle', ...custom })
    for (const name of SPELLINGS) expect(await bifrost.replaced(name, custom)).toMatchObject({ name: 'bedrock-mantle', ...custom })
    await remove('bedrock_mantle')
  })

  it('that was made elsewhere is shown as the menu has it', async () => {
    await make('bedrock-mantle')
    expect(await listed()).toEqual(['bedrock_mantle'])
    expect((await bifrost.replaced('bedrock-mantle')).name).toBe('bedrock_mantle')
    await remove('bedrock_mantle')
  })

  it('lists its models under the name that is shown', async () => {
    await make('bedrock-mantle', { baseUrl: vendor.baseUrl, apiKeys: [{ credential: { value: KEY } }], testAfterwards: true })
    for (const name of SPELLINGS) {
      const { body } = await bifrost.send('GET', `/api/models?provider=${name}`)
      expect(body.models).toMatchObject([
        { name: 'model-a', provider: 'bedrock_mantle' },
        { name: 'model-b', provider: 'bedrock_mantle' },
      ])
    }
    await remove('bedrock_mantle')
  })

  it('has no relatives: other names with an underscore break the rule, as before', async () => {
    for (const provider of ['my_custom', 'bedrock_', '_', 'vertex_ai', 'Bedrock_Mantle'])
      expect((await bifrost.refused('POST', PATH, { provider }))[0]).toBe(400)
    expect((await bifrost.send('GET', `${PATH}/my_custom`)).status).toBe(404)
  })

  it('is the subject of the refusals in the audit log', async () => {
    await bifrost.created({ provider: 'bedrock_mantle' })
    const viewer = bifrostClient(gateway, await gateway.token('VIEWER'))
    expect((await viewer.remove('bedrock_mantle')).status).toBe(403)
    const query = '{ auditEvents(first: 1) { nodes { action subject { name } } } }'
    expect(await gateway.ask(query)).toEqual({
      auditEvents: { nodes: [{ action: 'PROVIDER_CHANGE_REFUSED', subject: { name: 'bedrock-mantle' } }] },
    })
    await remove('bedrock_mantle')
  })
})

describe("vertex_ai of ZIRI's menu", () => {
  const metadata = () => ({ baseUrl: vendor.baseUrl })
  const names = async () => (await ziri.get(PATH)).body.providers.map(({ name }) => name)

  it('is stored with a hyphen, shown as it was written, and found by both spellings in any case', async () => {
    const { body } = await ziri.post(PATH, { name: 'vertex_ai', apiKey: KEY, metadata: metadata() })
    expect(body.provider).toMatchObject({ name: 'vertex_ai', displayName: 'Vertex AI (Google Cloud)' })
    expect(await stored('vertex-ai')).toEqual({ name: 'vertex-ai', type: 'OPENAI_COMPAT' })
    for (const name of ['vertex_ai', 'VERTEX_AI', 'vertex-ai']) {
      expect((await ziri.get(`${PATH}/${name}`)).body.provider.name).toBe('vertex_ai')
      expect((await ziri.put(`${PATH}/${name}`, { displayName: name })).body.provider).toMatchObject({
        name: 'vertex_ai',
        displayName: name,
      })
      expect((await ziri.post(`${PATH}/${name}/test`)).status).toBe(200)
    }
    for (const search of ['vertex_ai', 'VERTEX_AI', 'vertex'])
      expect((await ziri.get(`${PATH}?search=${search}`)).body.providers).toMatchObject([{ id: body.provider.id, name: 'vertex_ai' }])
    expect((await ziri.remove(`${PATH}/VERTEX_AI`)).status).toBe(200)
    expect(await names()).toEqual([])
  })

  it('keeps its other metadata, which cannot take the place of its name', async () => {
    const sent = { name: 'vertex_ai', apiKey: KEY, metadata: { ...metadata(), name: 'other', region: 'eu' } }
    expect((await ziri.post(PATH, sent)).body.provider).toMatchObject({ name: 'vertex_ai', region: 'eu' })
    expect((await ziri.post(PATH, { name: 'vertex_ai', apiKey: KEY })).body.provider).toMatchObject({ name: 'vertex_ai', region: 'eu' })
    await ziri.remove(`${PATH}/vertex_ai`)
  })

  it('that was written with a hyphen stays so, and one that was made elsewhere is shown as the menu has it', async () => {
    await ziri.post(PATH, { name: 'vertex-ai', apiKey: KEY, metadata: metadata() })
    expect(await names()).toEqual(['vertex-ai'])
    await ziri.remove(`${PATH}/vertex_ai`)
    await make('vertex-ai')
    expect(await names()).toEqual(['vertex_ai'])
    await ziri.remove(`${PATH}/vertex-ai`)
  })

  it('is nothing in another language', async () => {
    expect((await bifrost.send('GET', `${PATH}/vertex_ai`)).status).toBe(404)
    expect((await ziri.get(`${PATH}/bedrock_mantle`)).status).toBe(404)
  })
})
