import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BifrostClient, bifrostClient, custom, SIZES, uniqueName } from '../../support/bifrost-client.ts'
import { startTestGateway, type TestGateway } from '../../support/gateway.ts'
import { type OpenAiUpstream, startOpenAiUpstream } from '../../support/openai-upstream.ts'

let gateway: TestGateway
let upstream: OpenAiUpstream
let client: BifrostClient
beforeAll(async () => {
  upstream = await startOpenAiUpstream({ 'sk-good-000000000000000000': ['gpt-b', 'gpt-a'] })
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
  client = bifrostClient(gateway)
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

describe('providers (Bifrost contract, sections 1 and 2)', () => {
  it('lists providers by name, none as an empty list, with their number', async () => {
    const empty = await startTestGateway()
    expect((await bifrostClient(empty).send('GET', '/api/providers')).body).toEqual({ providers: [], total: 0 })
    await empty.close()
    for (const name of ['a-b', 'ab', 'a1']) await client.created({ provider: name })
    const { body } = await client.send('GET', '/api/providers/')
    const names = body.providers?.map(({ name }) => name) ?? []
    expect(names).toEqual([...names].sort())
    expect(names).toEqual(expect.arrayContaining(['a-b', 'a1', 'ab']))
    expect(body.total).toBe(names.length)
  })

  it('shows the defaults of blocks that were left out, and the preset of a known name', async () => {
    const body = await client.created({ provider: 'openai' })
    expect(body).toEqual({
      name: 'openai',
      network_config: {
        base_url: 'https://api.openai.com/v1',
        default_request_timeout_in_seconds: 300,
        max_retries: 0,
        retry_backoff_initial: 500,
        retry_backoff_max: 5000,
        stream_idle_timeout_in_seconds: 120,
        max_conns_per_host: 5000,
      },
      concurrency_and_buffer_size: { concurrency: 1000, buffer_size: 5000 },
      proxy_config: null,
      send_back_raw_request: false,
      send_back_raw_response: false,
      store_raw_request_response: false,
      provider_status: 'active',
      status: 'unknown',
    })
    expect((await client.get('openai')).body).toEqual(body)
  })

  it('answers the example of a keyless custom provider whose upstream is down, but for the words of the failure', async () => {
    const { status, text } = await client.post({
      provider: 'acme',
      network_config: { base_url: 'http://127.0.0.1:9' },
      custom_provider_config: { is_key_less: true, base_provider_type: 'openai' },
    })
    expect(status).toBe(200)
    expect({ ...JSON.parse(text), description: 'x' }).toEqual({
      name: 'acme',
      network_config: {
        base_url: 'http://127.0.0.1:9',
        default_request_timeout_in_seconds: 0,
        max_retries: 0,
        retry_backoff_initial: 0,
        retry_backoff_max: 0,
      },
      concurrency_and_buffer_size: { concurrency: 1000, buffer_size: 5000 },
      proxy_config: null,
      send_back_raw_request: false,
      send_back_raw_response: false,
      store_raw_request_response: false,
      custom_provider_config: { is_key_less: true, base_provider_type: 'openai' },
      provider_status: 'active',
      status: 'list_models_failed',
      description: 'x',
    })
  })

  it('answers a deletion with the zeroed provider, and 404 when there is none', async () => {
    const { name } = await client.created()
    expect((await client.remove(name)).body).toEqual({
      name,
      network_config: { default_request_timeout_in_seconds: 0, max_retries: 0, retry_backoff_initial: 0, retry_backoff_max: 0 },
      concurrency_and_buffer_size: { concurrency: 0, buffer_size: 0 },
      proxy_config: null,
      send_back_raw_request: false,
      send_back_raw_response: false,
      store_raw_request_response: false,
      provider_status: '',
    })
    for (const method of ['GET', 'DELETE'])
      expect(await client.refused(method, `/api/providers/${name}`)).toEqual([404, 'Provider not found: not found'])
  })

  it('escapes what HTML could stumble over, ends with a line, and is application/json', async () => {
    const { name } = await client.created()
    const { text, headers } = await client.put(name, {
      concurrency_and_buffer_size: SIZES,
      proxy_config: { type: 'http', url: 'http://proxy.example.com:3128', username: 'proxyuser', password: 'p-secret-1' },
    })
    expect(text).toContain('\\u003cREDACTED\\u003e')
    expect(text.endsWith('}\n')).toBe(true)
    expect(headers.get('content-type')).toBe('application/json')
  })

  it('keeps a provider of an unknown name without an endpoint as a placeholder', async () => {
    expect(await client.created({ provider: 'no-such-vendor' })).toMatchObject({ provider_status: 'error', status: 'unknown' })
    const { body } = await client.put('no-such-vendor-2', { concurrency_and_buffer_size: SIZES })
    expect(body.provider_status).toBe('error')
    expect(body.network_config).not.toHaveProperty('base_url')
  })

  it('answers errors in one shape, also for paths and methods that are none', async () => {
    const { status, body } = await client.send('GET', '/api/providers/nobody')
    expect([status, body]).toEqual([
      404,
      {
        is_bifrost_error: false,
        status_code: 404,
        error: { message: 'Provider not found: not found' },
        extra_fields: { routing_info: {} },
      },
    ])
    expect(await client.refused('POST', '/api/nothing')).toEqual([404, 'Route not found: /bifrost/api/nothing'])
    const wrong = await client.send('PATCH', '/api/providers')
    expect([wrong.status, wrong.text, wrong.headers.get('allow')]).toEqual([405, 'Method Not Allowed', 'GET, POST'])
    expect((await client.send('GET', '/api/providers/%zz')).body.error?.message).toBe(
      'Invalid provider: invalid provider parameter encoding: invalid URL escape "%zz"',
    )
  })

  it('describes itself', async () => {
    expect(JSON.parse((await client.send('GET', '/api/openapi.json')).text)).toMatchObject({ openapi: '3.1.0' })
  })
})

describe('models (Bifrost contract, section 1.4)', () => {
  it('lists what tests discovered, through the lists of the keys, with search, limit and total', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const key = await client.createdKey(name, { value: 'sk-good-000000000000000000', models: ['*'], blacklisted_models: ['gpt-b'] })
    const list = async (query: string) => (await client.send('GET', `/api/models?provider=${name}&${query}`)).body
    expect(await list('')).toEqual({ models: [{ name: 'gpt-a', provider: name, accessible_by_keys: [key.id] }], total: 1 })
    expect((await list('unfiltered=true')).models?.map((model) => JSON.parse(JSON.stringify(model)).name)).toEqual(['gpt-a', 'gpt-b'])
    expect(await list('unfiltered=true&limit=1&offset=1')).toMatchObject({ models: [{ name: 'gpt-b' }], total: 2 })
    expect((await list('query=GPTA')).total).toBe(1)
    expect((await list('query=zz')).models).toEqual([])
    expect((await client.send('GET', '/api/models?provider=nobody')).body).toEqual({ models: [], total: 0 })
    expect(JSON.parse((await client.send('GET', '/api/models/base?query=gpt-a')).text)).toEqual({ models: ['gpt-a'], total: 1 })
    expect((await client.send('GET', '/api/models/details')).status).toBe(200)
  })

  it('keeps no parameters', async () => {
    expect(await client.refused('GET', '/api/models/parameters')).toEqual([400, 'model query parameter is required'])
    expect(await client.refused('GET', '/api/models/parameters?model=m')).toEqual([404, 'no parameters found for model m'])
  })
})

describe('status (Bifrost contract, section 6)', () => {
  it('is unknown until something was tested, then says how that ended, in every answer', async () => {
    const { name, status } = await client.created(custom(upstream.origin))
    expect(status).toBe('unknown')
    const bad = await client.createdKey(name, { value: 'sk-bad-0000000000000000000', name: uniqueName('bad') })
    expect(bad).toMatchObject({ status: 'list_models_failed', description: expect.any(String) })
    expect(await client.read(name)).toMatchObject({ status: 'list_models_failed' })
    const good = await client.replacedKey(name, bad.id, { value: 'sk-good-000000000000000000' })
    expect(good.status).toBe('success')
    expect(good).not.toHaveProperty('description')
    expect(await client.read(name)).toMatchObject({ status: 'success' })
  })

  it('is refreshed on demand, for a provider or for one key', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const { id } = await client.createdKey(name, { value: 'sk-good-000000000000000000' })
    const before = upstream.requests.length
    expect((await client.send('POST', `/api/providers/${name}/refresh-models`)).body).toMatchObject({
      total: 1,
      keys: [{ id, status: 'success' }],
    })
    expect((await client.send('POST', `/api/providers/${name}/keys/${id}/refresh-models`)).body).toMatchObject({ id, status: 'success' })
    expect(upstream.requests.length).toBeGreaterThan(before)
    expect(await client.refused('POST', '/api/providers/nobody/refresh-models')).toEqual([404, 'Provider not found: not found'])
    expect(await client.refused('POST', `/api/providers/${name}/keys/nobody/refresh-models`)).toEqual([
      404,
      'Provider key not found: not found',
    ])
  })

  it('follows a path override for the list of models on the same origin, and nowhere else', async () => {
    const ask = async (list_models: string) => {
      const before = upstream.requests.length
      await client.created({
        network_config: { base_url: `${upstream.origin}/base` },
        custom_provider_config: { base_provider_type: 'openai', is_key_less: true, request_path_overrides: { list_models } },
      })
      return upstream.requests.slice(before).map(({ path }) => path)
    }
    expect(await ask('/my/list')).toContain('/base/my/list')
    expect(await ask('my/list')).toContain('/base/my/list')
    expect(await ask(`${upstream.origin}/whole`)).toContain('/whole')
    expect(await ask('https://thief.example/list')).toContain('/base/v1/models')
  })

  it('does not ask a custom provider that may not list its models', async () => {
    const before = upstream.requests.length
    const { status } = await client.created({
      network_config: { base_url: upstream.origin },
      custom_provider_config: { base_provider_type: 'openai', is_key_less: true, allowed_requests: {} },
    })
    expect([status, upstream.requests.length]).toEqual(['unknown', before])
  })
})
