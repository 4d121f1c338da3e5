import { describe, expect, it } from 'vitest'
import { bifrostClient, custom, uniqueName } from '../../support/bifrost-client.ts'
import { startVendor } from '../../support/upstream/vendors.ts'
import { useGateway } from '../../support/use.ts'
import { useStarted } from '../../support/use-started.ts'

const KEY = 'sk-vendor-endpoint-0123456789'
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const client = bifrostClient(gateway)
const compatible = useStarted(() => startVendor('openai-compat', { goodKeys: [KEY] }))
const azure = useStarted(() => startVendor('azure', { goodKeys: [KEY] }))

describe('the endpoint of one key (Bifrost contract, "per-key endpoints")', () => {
  it.each([
    ['ollama', 'ollama_key_config'],
    ['sgl', 'sgl_key_config'],
  ])('of %s is where that key is tested, and stays when its mask comes back', async (provider, config) => {
    await client.created({ provider })
    const before = compatible.keys().length
    const key = await client.createdKey(provider, { value: KEY, [config]: { url: compatible.baseUrl } })
    expect(key.status).toBe('success')
    expect(JSON.stringify(key)).not.toContain(compatible.baseUrl)
    expect(compatible.keys().slice(before)).toContain(KEY)
    const again = await client.replacedKey(provider, key.id, { ...key })
    expect(again).toEqual(key)
    expect((await client.send('POST', `/api/providers/${provider}/keys/${key.id}/refresh-models`)).body.status).toBe('success')
  })

  it('of Azure is where that key is tested, and is shown', async () => {
    await client.created({ provider: 'azure' })
    const before = azure.keys().length
    const key = await client.createdKey('azure', { value: KEY, azure_key_config: { endpoint: azure.baseUrl } })
    expect(key).toMatchObject({ status: 'success', azure_key_config: { endpoint: { value: azure.baseUrl, type: 'plain_text' } } })
    expect(azure.keys().slice(before)).toContain(KEY)
    expect(await client.replacedKey('azure', key.id, { ...key })).toEqual(key)
  })

  it('is called under the rules for all outbound calls', async () => {
    const key = await client.createdKey('ollama', { value: KEY, ollama_key_config: { url: 'http://169.254.169.254' } }).catch(String)
    expect(JSON.stringify(key)).toMatch(/list_models_failed|Refused with 400/)
  })
})

describe('a key of another API', () => {
  const create = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
  const read = `query ($name: String!) {
    provider(by: { name: $name }) {
      enabled
      apiKeys { nodes { masked endpoint region weight credentialParts { name masked } } }
    }
  }`
  const partsOf = (parts: Readonly<Record<string, string>>) =>
    Object.entries(parts).map(([name, value]) => ({ name, credential: { value } }))

  it.each([
    ['with its own endpoint', 'OPENAI', { credential: { value: KEY }, credentialParts: partsOf({ endpoint: 'http://127.0.0.1:9/v1' }) }],
    [
      'on Vertex',
      'GOOGLE',
      { credential: { value: KEY }, credentialParts: partsOf({ 'vertex.projectId': 'p', 'vertex.region': 'us-east1' }) },
    ],
    [
      'on Bedrock',
      'BEDROCK',
      { credentialParts: partsOf({ 'aws.accessKeyId': 'AKIDEXAMPLE', 'aws.secretAccessKey': KEY, 'aws.region': 'us-east-1' }) },
    ],
    [
      'of Azure without a value',
      'AZURE',
      { credentialParts: partsOf({ endpoint: 'http://127.0.0.1:9', 'azure.clientSecret': KEY, 'acme.more': 'x' }) },
    ],
  ])('%s keeps the parts that no answer shows when it is changed', async (_, type, key) => {
    const name = uniqueName()
    const input = { name, type, baseUrl: '', testAfterWrites: 'NEVER', apiKeys: [key] }
    expect(await gateway.ask(create, { input })).toEqual({ createProvider: { __typename: 'CreateProviderPayload' } })
    const before = await gateway.ask(read, { name })
    const [shown] = (await client.send('GET', `/api/providers/${name}/keys`)).body.keys ?? []
    await client.replacedKey(name, shown?.id ?? '', { ...shown, weight: 0.5 })
    expect(JSON.stringify(await gateway.ask(read, { name }))).toBe(JSON.stringify(before).replace('"weight":1', '"weight":0.5'))
  })
})

describe('a refresh of models', () => {
  it('is refused with 409 at once while another one of the provider is under way, and leaves the status as it is', async () => {
    const hanging = await startVendor('openai-compat', { goodKeys: [KEY] })
    const { name } = await client.created(custom(hanging.baseUrl.replace(/\/v1$/, '')))
    const { id } = await client.createdKey(name, { value: KEY })
    hanging.set({ situation: 'hang' })
    const path = `/api/providers/${name}/refresh-models`
    const asked = hanging.requests.length
    const first = client.send('POST', path)
    await expect.poll(() => hanging.requests.length).toBeGreaterThan(asked)
    const refusal = [409, 'model refresh already in progress for this provider']
    expect(await client.refused('POST', path)).toEqual(refusal)
    expect(await client.refused('POST', `/api/providers/${name}/keys/${id}/refresh-models`)).toEqual(refusal)
    expect((await client.read(name)).status).toBe('success')
    await hanging.close()
    expect((await first).status).toBe(200)
  })
})
