import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BifrostClient, bifrostClient, custom, SIZES, uniqueKey, uniqueName } from '../../support/bifrost-client.ts'
import { startTestGateway, type TestGateway } from '../../support/gateway.ts'

let gateway: TestGateway
let client: BifrostClient
let name: string
beforeAll(async () => {
  gateway = await startTestGateway()
  client = bifrostClient(gateway)
  const unlisted = { base_provider_type: 'openai', allowed_requests: {} }
  name = (await client.created({ network_config: { base_url: 'https://x.invalid' }, custom_provider_config: unlisted })).name
})
afterAll(() => gateway.close())

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
      name: '',
      models: [],
      weight: 0,
      enabled: true,
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

describe('the message catalogue of keys (Bifrost contract, section 1.2)', () => {
  it.each<[string, unknown, string]>([
    ['no JSON', '[', 'Invalid request payload'],
    ['a negative weight', { value: 'sk-x', weight: -1 }, 'Invalid request payload'],
    ['an id that is no UUID', { id: 'one', value: 'sk-x' }, 'Invalid key id: must be a UUID'],
    ['no value', {}, 'Key value must not be empty'],
    ['an empty value', { value: { value: '', type: 'plain_text' } }, 'Key value must not be empty'],
    [
      'a mixed blacklist',
      { value: 'sk-x', blacklisted_models: ['*', 'a'] },
      "Invalid blacklisted_models: wildcard '*' cannot be used with other values in the blacklist",
    ],
    [
      'a repeated blacklist',
      { value: 'sk-x', blacklisted_models: ['a', 'A'] },
      "Invalid blacklisted_models: duplicate value 'A' in blacklist",
    ],
    [
      'mixed models',
      { value: 'sk-x', models: ['*', 'a'] },
      "Invalid models: wildcard '*' cannot be used with other values in the whitelist",
    ],
    ['an empty alias', { value: 'sk-x', aliases: { a: ' ' } }, 'Invalid aliases: source and target must not be empty'],
    ['aliases that differ in case', { value: 'sk-x', aliases: { a: 'x', A: 'y' } }, "Invalid aliases: duplicate source 'A'"],
    ['a vault', { value: 'vault.path' }, 'vault references are not supported for value'],
  ])('refuses %s', async (_what, body, message) => {
    expect(await postKey(body)).toEqual([400, message])
  })

  it.each([
    ['ollama', { value: 'k' }, 'ollama_key_config.url is required for Ollama keys'],
    ['sgl', {}, 'sgl_key_config.url is required for SGL keys'],
    ['azure', {}, 'azure_key_config.endpoint is required for Azure keys'],
    ['bedrock', {}, 'bedrock_key_config.region is required for Bedrock keys'],
    ['vllm', {}, 'vllm_key_config.url is required for VLLM keys'],
    ['vllm', { vllm_key_config: { url: 'http://127.0.0.1:1' } }, 'vllm_key_config.model_name is required for VLLM keys'],
  ])('asks for what keys of %s need', async (provider, body, message) => {
    await client.put(provider, { concurrency_and_buffer_size: SIZES })
    expect(await postKey(body, provider)).toEqual([400, message])
  })

  it('takes the keys of Bedrock', async () => {
    await client.put('bedrock', { concurrency_and_buffer_size: SIZES })
    const bedrock_key_config = { access_key: 'AKIA0000000000000001', secret_key: 'bedrock-secret-key-1', region: 'us-east-1' }
    const key = await client.createdKey('bedrock', { bedrock_key_config, enabled: false })
    expect(key.bedrock_key_config).toMatchObject({ region: { value: `us-e${'*'.repeat(24)}st-1`, type: 'plain_text' } })
  })

  it('has no keys for a provider that is not there, or that needs none', async () => {
    expect(await postKey({ value: 'x' }, 'nobody')).toEqual([404, 'Provider not found: not found'])
    const { name: keyless } = await client.created(custom('https://k.invalid', true))
    expect(await postKey({ value: 'x' }, keyless)).toEqual([400, 'Cannot add keys to a keyless provider'])
    expect(await client.refused('PUT', `/api/providers/${keyless}/keys/x`, {})).toEqual([400, 'Cannot update keys on a keyless provider'])
    expect(await client.refused('DELETE', `/api/providers/${keyless}/keys/x`)).toEqual([400, 'Cannot delete keys on a keyless provider'])
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
    ])
      expect(await viewer.refused(method ?? '', `/api/providers${path}`, {})).toEqual([403, 'Forbidden'])
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
  })

  it('takes bodies of up to 1 MB, and no compressed ones', async () => {
    expect((await client.post('x'.repeat(1_000_001))).status).toBe(413)
    expect((await client.send('POST', '/api/providers', { body: '{}', headers: { 'content-encoding': 'gzip' } })).status).toBe(415)
  })
})
