import { beforeAll, describe, expect, it } from 'vitest'
import { bifrostClient, custom, providerForKeys, SIZES, uniqueKey, uniqueName } from '../../support/bifrost-client.ts'
import { useGateway } from '../../support/use.ts'

let name: string
const gateway = useGateway()
const client = bifrostClient(gateway)
beforeAll(async () => {
  name = await providerForKeys(client)
})

const postKey = (body: unknown, provider = name) => client.refused('POST', `/api/providers/${provider}/keys`, body)

describe('keys (Bifrost contract, sections 1 and 2.6)', () => {
  it('have the defaults of the API', async () => {
    const key = await client.createdKey(name)
    expect(key).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: '',
      value: { value: expect.stringContaining('*'.repeat(24)), type: 'plain_text' },
      models: [],
      blacklisted_models: [],
      weight: 0,
      enabled: true,
      use_for_batch_api: false,
      use_anthropic_endpoints: false,
      status: 'unknown',
    })
  })

  it('return what was sent, are listed, read, replaced and deleted one by one', async () => {
    const fields = {
      id: 'A0000000-0000-4000-8000-000000000001',
      name: uniqueName('key'),
      models: ['gpt-a'],
      blacklisted_models: ['gpt-b'],
      weight: 0.25,
      enabled: false,
      use_for_batch_api: true,
      use_anthropic_endpoints: true,
      aliases: { fast: 'gpt-a', rich: { model_id: 'gpt-b', description: 'd' }, short: { model_id: 'gpt-c' } },
      replicate_key_config: { use_deployments_endpoint: true },
    }
    const created = await client.createdKey(name, fields)
    const expected = { ...fields, id: fields.id.toLowerCase(), aliases: { ...fields.aliases, short: 'gpt-c' } }
    expect(created).toMatchObject(expected)
    expect(await client.readKey(name, created.id)).toEqual(created)
    const others = (await client.send('GET', `/api/providers/${name}/keys`)).body.keys ?? []
    const replaced = await client.replacedKey(name, created.id, { value: created.value })
    expect(replaced).toMatchObject({
      id: created.id,
      name: created.name,
      models: [],
      weight: 0,
      enabled: false,
      replicate_key_config: { use_deployments_endpoint: true },
    })
    expect(replaced).not.toHaveProperty('aliases')
    const gone = await client.send('DELETE', `/api/providers/${name}/keys/${created.id}`)
    expect(gone.body).toEqual(replaced)
    expect((await client.send('GET', `/api/providers/${name}/keys`)).body.keys).toEqual(others.filter(({ id }) => id !== created.id))
    for (const method of ['GET', 'DELETE'])
      expect(await client.refused(method, `/api/providers/${name}/keys/${created.id}`)).toEqual([404, 'Provider key not found: not found'])
    expect(await client.refused('PUT', `/api/providers/${name}/keys/${created.id}`, { value: 'x' })).toEqual([
      404,
      'Provider key not found: not found',
    ])
  })

  it('take the rich form of aliases, with fields that have the form of secrets, and null as absent', async () => {
    const rich = {
      model_id: 'm',
      model_name: null,
      region: { value: 'us-east-1', type: 'plain_text' },
      project_id: { ref: 'env.P', type: 'env' },
    }
    const { id, aliases } = await client.createdKey(name, { aliases: { a: rich, b: { model_id: 'n', region: null }, c: null } })
    expect(aliases).toEqual({ a: { model_id: 'm', region: 'us-east-1', project_id: 'env.P' }, b: 'n' })
    expect((await client.replacedKey(name, id, { ...(await client.readKey(name, id)) })).aliases).toEqual(aliases)
  })

  it('lose in a PUT what is left out, and ignore what only the server says', async () => {
    const azure_key_config = { endpoint: 'https://a.example', client_secret: 'azure-client-secret-9' }
    const { id, value } = await client.createdKey(name, { azure_key_config, blacklisted_models: ['a'], enabled: false })
    const said = { id: 'other', status: 5, description: [], config_hash: {} }
    const replaced = await client.replacedKey(name, id, { ...said, value })
    expect(replaced).toMatchObject({ id, value, blacklisted_models: [], enabled: false, status: 'unknown' })
    expect(replaced).not.toHaveProperty('azure_key_config')
    expect(
      await client.refused('PUT', `/api/providers/${name}/keys/${id}`, { value, azure_key_config: { client_secret: '****' } }),
    ).toEqual([400, 'masked preview cannot be used for azure_key_config.client_secret without a stored value'])
  })

  it('are listed for all providers in the shape of the database', async () => {
    const key = await client.createdKey(name, { name: uniqueName('listed') })
    const all: unknown = JSON.parse((await client.send('GET', '/api/keys')).text)
    expect(all).toContainEqual({
      ...{ id: 0, name: key.name, provider_id: 0, provider: name, key_id: key.id, value: key.value, models: [], blacklisted_models: [] },
      ...{ weight: 0, created_at: '0001-01-01T00:00:00Z', updated_at: '0001-01-01T00:00:00Z', config_hash: '', status: '' },
    })
  })

  it('have names of their own across providers, unless they have none', async () => {
    const taken = [409, 'API key names must be unique across providers. Choose a different name']
    const other = await client.created(custom('https://y.invalid'))
    const key = await client.createdKey(name, { name: uniqueName('unique') })
    expect(await postKey({ name: key.name, value: uniqueKey() }, other.name)).toEqual(taken)
    expect(await postKey({ id: key.id, value: uniqueKey() })).toEqual(taken)
    const second = await client.createdKey(name)
    expect(await client.refused('PUT', `/api/providers/${name}/keys/${second.id}`, { name: key.name, value: second.value })).toEqual(taken)
    await client.createdKey(name)
    expect((await client.replacedKey(name, key.id, { name: key.name, value: key.value })).name).toBe(key.name)
  })

  it('change one by one, whatever else changes at the same time', async () => {
    const { name: busy } = await client.created({
      network_config: { base_url: 'https://z.invalid' },
      custom_provider_config: { base_provider_type: 'openai', allowed_requests: {} },
    })
    const keys = await Promise.all(Array.from({ length: 8 }, () => client.createdKey(busy)))
    await Promise.all([
      ...keys.slice(0, 4).map((key) => client.replacedKey(busy, key.id, { value: key.value, weight: 7 })),
      ...keys.slice(4, 6).map((key) => client.send('DELETE', `/api/providers/${busy}/keys/${key.id}`)),
      client.createdKey(busy),
    ])
    const { body } = await client.send('GET', `/api/providers/${busy}/keys`)
    expect(body.total).toBe(7)
    expect(body.keys?.filter(({ weight }) => weight === 7)).toHaveLength(4)
  })
})

describe('roles and the way in (Bifrost contract, section 5)', () => {
  it('answers 401 without a token, 403 to a viewer who writes or refreshes, in the shape of errors', async () => {
    const { status, body, headers } = await client.send('GET', '/api/providers', { token: null })
    expect([status, body.error?.message, headers.get('www-authenticate')]).toEqual([401, 'Unauthorized', null])
    const viewer = bifrostClient(gateway, await gateway.token('VIEWER'))
    expect((await viewer.get(name)).status).toBe(200)
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', `/${name}`],
      ['DELETE', `/${name}`],
      ['POST', `/${name}/refresh-models`],
      ['POST', `/${name}/keys`],
      ['PUT', `/${name}/keys/x`],
      ['DELETE', `/${name}/keys/x`],
      ['POST', `/${name}/keys/x/refresh-models`],
    ])
      expect(await viewer.refused(method ?? '', `/api/providers${path}`, {})).toEqual([403, 'Forbidden'])
  })

  it.each([
    ['Basic', { authorization: `Basic ${Buffer.from('admin:test-admin-token-of-more-than-32-characters').toString('base64')}` }],
    ['a session cookie', { cookie: 'token=test-admin-token-of-more-than-32-characters' }],
    ['an x-api-key header', { 'x-api-key': 'test-admin-token-of-more-than-32-characters' }],
    ['a virtual key', { 'x-bf-vk': 'sk-bf-0123456789', authorization: 'Bearer sk-bf-0123456789' }],
  ])('knows nobody by %s', async (_what, headers) => {
    const { status, body } = await client.send('GET', '/api/keys', { token: null, headers })
    expect([status, body.error?.message]).toEqual([401, 'Unauthorized'])
  })

  it('keep name and switch in a PUT without them, and may keep a name that GraphQL gave to another key too', async () => {
    const { name: own } = await client.created({ custom_provider_config: { base_provider_type: 'openai', allowed_requests: {} } })
    const { id, value } = await client.createdKey(own, { name: 'shared name', enabled: false })
    const create = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
    const apiKeys = [{ credential: { value: 'sk-another-0123456789' }, name: 'shared name' }]
    const input = { name: uniqueName(), type: 'OPENAI', baseUrl: 'https://api.example.com', apiKeys }
    expect(await gateway.ask(create, { input })).toEqual({ createProvider: { __typename: 'CreateProviderPayload' } })
    for (const fields of [{ value }, { value, name: null, enabled: null }, { value, name: 'shared name' }])
      expect(await client.replacedKey(own, id, fields)).toMatchObject({ name: 'shared name', enabled: false })
    expect(await client.replacedKey(own, id, { value, name: '', enabled: true })).toMatchObject({ name: '', enabled: true })
  })

  it('lets an editor move no endpoint with stored keys', async () => {
    const { name: moved } = await client.created({ provider: 'nebius' })
    await client.createdKey(moved, { enabled: false })
    const editor = bifrostClient(gateway, await gateway.token('EDITOR'))
    const body = { concurrency_and_buffer_size: SIZES, network_config: { base_url: 'https://thief.example' } }
    expect(await editor.refused('PUT', `/api/providers/${moved}`, body)).toEqual([
      400,
      'base_url cannot change while keys are stored; add the keys again or ask an admin',
    ])
    expect((await client.put(moved, body)).status).toBe(200)
    const proxied = { ...body, proxy_config: { url: 'http://proxy.thief.example:3128' } }
    expect(await editor.refused('PUT', `/api/providers/${moved}`, proxied)).toEqual([
      400,
      'a proxy, a certificate, a header or insecure_skip_verify cannot be added while keys are stored; add the keys again or ask an admin',
    ])
  })

  it('takes bodies of up to 1 MB, and no compressed ones', async () => {
    expect((await client.post('x'.repeat(1_000_001))).status).toBe(413)
    expect((await client.send('POST', '/api/providers', { body: '{}', headers: { 'content-encoding': 'gzip' } })).status).toBe(415)
  })
})
