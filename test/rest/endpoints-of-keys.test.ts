import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bifrostClient, SIZES } from '../support/bifrost-client.ts'
import { callToken } from '../support/call-token.ts'
import { type CallVendor, chatAnswer, startCallVendor } from '../support/call-vendor.ts'
import { writerOf } from '../support/providers.ts'
import { startVendor } from '../support/upstream/vendors.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

/** A provider whose enabled keys bring their own endpoint is no placeholder, whichever way it came about. */

const KEY = 'sk-own-endpoint-0123456789'
const VARIABLE = 'ENDPOINT_OF_A_KEY'
let caller: string
const azure = useStarted(() => startVendor('azure', { goodKeys: [KEY] }))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', SECRET_ENV_ALLOW: VARIABLE } })
const client = bifrostClient(gateway)
beforeAll(async () => {
  process.env[VARIABLE] = azure.baseUrl
  caller = await callToken(gateway)
})
afterAll(async () => {
  delete process.env[VARIABLE]
})
beforeEach(async () => {
  for (const name of ['azure', 'bedrock', 'vertex', 'vllm']) await client.remove(name)
})

interface State {
  readonly id: string
  readonly enabled: boolean
  readonly isCallable: boolean
}
const stateOf = async (name: string): Promise<State | null> => {
  const query = 'query ($name: String!) { provider(by: { name: $name }) { id enabled isCallable } }'
  return (await gateway.ask<{ provider: State | null }>(query, { name })).provider
}
const [USABLE, PLACEHOLDER] = [
  { enabled: true, isCallable: true },
  { enabled: false, isCallable: false },
]
const azureKey = (endpoint: string = azure.baseUrl) => ({ value: KEY, azure_key_config: { endpoint } })
const BROUGHT: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['bedrock', { value: 'sk-bedrock-fixture-0123456789', bedrock_key_config: { region: 'eu-central-1' } }],
  [
    'bedrock',
    { bedrock_key_config: { region: 'eu-central-1', access_key: 'AKIAFIXTURE123456789', secret_key: 'fixture-secret-0123456789' } },
  ],
  ['vertex', { value: 'ya29.fixture-0123456789', vertex_key_config: { project_id: 'a-project', region: 'europe-west4' } }],
  ['vllm', { value: KEY, vllm_key_config: { url: 'http://127.0.0.1:9', model_name: 'llama' } }],
]

describe('through Bifrost', () => {
  it('a POST with such a key is enabled, tested, callable and active', async () => {
    const body = await client.created({ provider: 'azure', keys: [azureKey()] })
    expect(body).toMatchObject({ provider_status: 'active', status: 'success' })
    expect(await client.read('azure')).toMatchObject({ provider_status: 'active', status: 'success' })
    expect(await stateOf('azure')).toMatchObject(USABLE)
  })

  it.each(BROUGHT)('so is %s with what its keys bring: %j', async (provider, key) => {
    await client.created({ provider, keys: [{ ...key, name: `of ${provider}`, enabled: true }] })
    expect((await client.read(provider)).provider_status).toBe('active')
    expect(await stateOf(provider)).toMatchObject({ enabled: true })
  })

  it.each([
    ['POST', () => client.created({ provider: 'azure' })],
    ['PUT', () => client.replaced('azure')],
  ])(
    'a provider that a %s left without an endpoint is a placeholder until such a key comes, and again when it goes',
    async (_verb, make) => {
      expect((await make()).provider_status).toBe('active')
      expect((await client.read('azure')).provider_status).toBe('error')
      const { id } = await client.createdKey('azure', azureKey())
      expect((await client.read('azure')).provider_status).toBe('active')
      expect(await stateOf('azure')).toMatchObject(USABLE)
      await client.replacedKey('azure', id, { ...azureKey(), enabled: false })
      expect((await client.read('azure')).provider_status).toBe('error')
      expect(await stateOf('azure')).toMatchObject(PLACEHOLDER)
      await client.replacedKey('azure', id, { ...azureKey(), enabled: true })
      expect((await client.read('azure')).provider_status).toBe('active')
      await client.replaced('azure')
      expect((await client.read('azure')).provider_status).toBe('active')
      await client.send('DELETE', `/api/providers/azure/keys/${id}`)
      expect((await client.read('azure')).provider_status).toBe('error')
      expect(await stateOf('azure')).toMatchObject(PLACEHOLDER)
    },
  )

  it('an endpoint in a variable of the environment counts as well', async () => {
    await client.created({ provider: 'azure', keys: [azureKey(`env.${VARIABLE}`)] })
    expect(await client.read('azure')).toMatchObject({ provider_status: 'active', status: 'success' })
    expect(await stateOf('azure')).toMatchObject(USABLE)
  })

  it('one that loses its base URL stays enabled while such a key is there', async () => {
    await client.created({ provider: 'azure', network_config: { base_url: azure.baseUrl }, keys: [azureKey()] })
    await client.replaced('azure', { network_config: {} })
    expect(await client.read('azure')).not.toHaveProperty('network_config.base_url')
    expect((await client.read('azure')).provider_status).toBe('active')
  })

  it('a provider that somebody has disabled stays so when another such key comes', async () => {
    await client.created({ provider: 'azure', keys: [azureKey()] })
    const { id = '' } = (await stateOf('azure')) ?? {}
    await writerOf(gateway).updated(id, { enabled: false })
    await client.createdKey('azure', azureKey())
    expect((await client.read('azure')).provider_status).toBe('error')
  })

  it('keys without an endpoint serve no call beside one that has its own', async () => {
    const vendor: CallVendor = await startCallVendor(chatAnswer)
    await client.created({ provider: 'azure', keys: [{ ...azureKey(vendor.origin), weight: 0, models: ['*'] }] })
    const { id = '' } = (await stateOf('azure')) ?? {}
    await writerOf(gateway).updated(id, {
      apiKeys: [{ add: { credential: { value: 'sk-nowhere-fixture-0123456789' }, weight: 1_000 } }],
      keepOtherApiKeys: true,
    })
    const response = await gateway.fetch('/ai/azure/openai/v1/responses', {
      method: 'POST',
      headers: { authorization: `Bearer ${caller}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'a-model', input: 'hi' }),
    })
    const calls = vendor.requests.filter(({ method }) => method === 'POST')
    expect([response.status, calls.map(({ headers }) => headers['api-key'])]).toEqual([200, [KEY]])
    await vendor.close()
  })
})

describe('through GraphQL', () => {
  const parts = (value: string) => ({ credentialParts: [{ name: 'endpoint', credential: { value } }] })

  it('a provider needs no base URL when an enabled key brings its own', async () => {
    const writer = writerOf(gateway)
    const { id, enabled } = await writer.created({
      name: 'azure',
      type: 'AZURE',
      baseUrl: '',
      apiKeys: [{ credential: { value: KEY }, ...parts(azure.baseUrl) }],
    })
    expect([enabled, (await writer.test(id)).success]).toEqual([true, true])
    expect(await stateOf('azure')).toMatchObject(USABLE)
    const [key] = (await writer.updated(id, {})).apiKeys.nodes
    expect((await writer.updated(id, { apiKeys: [{ keep: { id: key?.id, enabled: false } }] })).enabled).toBe(false)
    expect(await writer.update(id, { enabled: true })).toMatchObject({ issues: [{ path: ['enabled'], rule: 'NOT_ALLOWED' }] })
    expect((await writer.updated(id, { enabled: true, apiKeys: [{ keep: { id: key?.id, enabled: true } }] })).enabled).toBe(true)
  })

  it.each([
    ['no key', []],
    ['a key that brings none', [{ credential: { value: KEY } }]],
    ['a disabled key that does', [{ credential: { value: KEY }, enabled: false, ...parts('https://x.example.com') }]],
  ])('it needs one with %s', async (_title, apiKeys) => {
    const refused = await writerOf(gateway).create({ name: 'azure', type: 'AZURE', baseUrl: '', apiKeys })
    expect(refused).toMatchObject({ issues: [{ path: ['baseUrl'], rule: 'REQUIRED' }] })
  })

  it('an upsert by name makes the type of the vendor, and the key its endpoint', async () => {
    const query = `mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) { __typename
      ... on UpsertProviderPayload { provider { type baseUrl enabled isCallable } } } }`
    const input = { name: 'azure', apiKeys: [{ credential: { value: KEY }, ...parts(azure.baseUrl) }] }
    const { upsertProvider } = await gateway.ask<{ upsertProvider: unknown }>(query, { input })
    expect(upsertProvider).toMatchObject({ provider: { type: 'AZURE', baseUrl: '', ...USABLE } })
  })
})

it('placeholders keep refusing calls, and say what they lack', async () => {
  await client.created({ provider: 'azure', concurrency_and_buffer_size: SIZES })
  const response = await gateway.fetch('/ai/azure/openai/v1/responses', {
    method: 'POST',
    headers: { authorization: `Bearer ${caller}` },
    body: '{}',
  })
  expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('has no endpoint')])
})
