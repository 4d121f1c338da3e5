import { describe, expect, it } from 'vitest'
import { bifrostDialect } from '../../../src/rest/bifrost/routes.ts'
import { bifrostClient, custom, SIZES, uniqueName } from '../../support/bifrost-client.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { startOpenAiUpstream } from '../../support/openai-upstream.ts'
import { useGateway } from '../../support/use.ts'
import { useStarted } from '../../support/use-started.ts'

const upstream = useStarted(() => startOpenAiUpstream({}))
const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback' } })
const client = bifrostClient(gateway)

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
        keep_alive_timeout_in_seconds: 30,
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
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('keeps a provider of an unknown name without an endpoint as a placeholder', async () => {
    expect(await client.created({ provider: 'no-such-vendor' })).toMatchObject({ provider_status: 'active', status: 'unknown' })
    const { body } = await client.put('no-such-vendor-2', { concurrency_and_buffer_size: SIZES })
    expect(body.provider_status).toBe('active')
    for (const name of ['no-such-vendor', 'no-such-vendor-2']) expect((await client.read(name)).provider_status).toBe('error')
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

  it('describes itself: every route, and nothing else', async () => {
    const description = JSON.parse((await client.send('GET', '/api/openapi.json')).text)
    expect(description.openapi).toBe('3.1.0')
    const described = Object.entries<object>(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).flatMap((method) => (method === 'parameters' ? [] : [`${method.toUpperCase()} ${path}`])),
    )
    const served = bifrostDialect.routes.map(({ method, path }) => `${method} ${path.replace(/\/$/, '').replace(/:(\w+)/g, '{$1}')}`)
    expect(described.sort()).toEqual(served.sort())
  })

  it('emits the fields in the order of Bifrost', async () => {
    const { name } = await client.created({ ...custom('http://127.0.0.1:9', true), openai_config: {}, proxy_config: { type: 'none' } })
    expect(Object.keys(await client.read(name))).toEqual([
      ...['name', 'network_config', 'concurrency_and_buffer_size', 'proxy_config', 'send_back_raw_request', 'send_back_raw_response'],
      ...['store_raw_request_response', 'custom_provider_config', 'openai_config', 'provider_status', 'status', 'description'],
    ])
  })

  it('answers each path with and without a slash at its end', async () => {
    const { name } = await client.created(custom(upstream.origin))
    const { id } = await client.createdKey(name, { enabled: false })
    for (const { method, path } of bifrostDialect.routes) {
      if (method !== 'GET' && !path.includes('refresh-models')) continue
      const bare = path.replace(':provider', name).replace(':keyId', id).replace(/\/$/, '')
      const [without, withSlash] = [await client.send(method, bare), await client.send(method, `${bare}/`)]
      expect([path, withSlash.status, withSlash.text]).toEqual([path, without.status, without.text])
      expect([path, without.status]).toEqual([path, path.includes('parameters') ? 400 : 200])
    }
    expect((await client.send('POST', '/api/providers/', { body: { provider: uniqueName() } })).status).toBe(200)
    expect((await client.send('PUT', `/api/providers/${name}/keys/${id}/`, { body: { value: 'sk-slash-0000000000' } })).status).toBe(200)
    expect((await client.send('DELETE', `/api/providers/${name}/keys/${id}/`)).status).toBe(200)
    expect((await client.send('DELETE', `/api/providers/${name}/`)).status).toBe(200)
  })

  it('decodes a name in a path once', async () => {
    await client.created({ provider: 'cohere' })
    expect((await client.get('coh%65re')).body.name).toBe('cohere')
    for (const name of ['coh%2565re', '%25zz', '%ff', 'a%2Fb', 'COHERE', 'coh%00ere'])
      expect([name, await client.refused('GET', `/api/providers/${name}`)]).toEqual([name, [404, 'Provider not found: not found']])
    const wrong = 'Invalid provider: invalid provider parameter encoding: invalid URL escape "%z"'
    for (const [method, path] of [
      ['GET', '%z'],
      ['PUT', '%z'],
      ['DELETE', '%z'],
      ['GET', '%z/keys'],
      ['POST', '%z/keys'],
      ['PUT', '%z/keys/%z'],
      ['POST', '%z/refresh-models'],
    ] as const)
      expect(await client.refused(method, `/api/providers/${path}`, method === 'GET' ? undefined : '{')).toEqual([400, wrong])
    expect(await client.refused('GET', '/api/providers/cohere/keys/%z')).toEqual([
      400,
      'invalid key_id parameter encoding: invalid URL escape "%z"',
    ])
  })
})

describe('names (Bifrost contract, section 7)', () => {
  const typeOf = async (name: string) => {
    const { provider } = await gateway.ask<{ provider: unknown }>('query ($name: String!) { provider(by: { name: $name }) { type } }', {
      name,
    })
    return provider
  }

  it.each([
    ['anthropic', 'ANTHROPIC'],
    ['bedrock', 'BEDROCK'],
    ['cohere', 'OPENAI_COMPAT'],
    ['gemini', 'GOOGLE'],
    ['openai', 'OPENAI_COMPAT'],
    ['huggingface', 'OPENAI_COMPAT'],
    ['replicate', 'OPENAI_COMPAT'],
  ])('makes a custom provider based on %s one of type %s', async (base_provider_type, type) => {
    const { name, custom_provider_config } = await client.created({ custom_provider_config: { base_provider_type } })
    expect([await typeOf(name), custom_provider_config]).toEqual([{ type }, { is_key_less: false, base_provider_type }])
  })

  it.each([
    ['azure', 'AZURE', undefined],
    ['bedrock', 'BEDROCK', undefined],
    ['gemini', 'GOOGLE', 'https://generativelanguage.googleapis.com'],
    ['openrouter', 'OPENROUTER', 'https://openrouter.ai/api/v1'],
    ['mistral', 'OPENAI_COMPAT', 'https://api.mistral.ai/v1'],
    ['runware', 'OPENAI_COMPAT', undefined],
  ])('makes %s a provider of type %s at %s', async (provider, type, base_url) => {
    const { network_config, custom_provider_config } = await client.replaced(provider)
    expect([await typeOf(provider), network_config.base_url, custom_provider_config]).toEqual([{ type }, base_url, undefined])
  })

  it('keeps the names that Bifrost knows from custom providers', async () => {
    const custom_provider_config = { base_provider_type: 'openai' }
    const known = ['openai', 'azure', 'anthropic', 'bedrock', 'cohere', 'vertex', 'vllm', 'mistral', 'ollama', 'groq', 'sgl', 'parasail']
    const more = ['perplexity', 'replicate', 'cerebras', 'gemini', 'openrouter', 'elevenlabs', 'huggingface', 'nebius', 'xai', 'runway']
    const later = ['fireworks', 'deepseek', 'opencode-go', 'opencode-zen', 'runware', 'sarvam', 'wafer']
    for (const provider of [...known, ...more, ...later])
      expect([provider, await client.refused('POST', '/api/providers', { provider, custom_provider_config })]).toEqual([
        provider,
        [400, 'Custom provider cannot be same as a standard provider'],
      ])
  })
})

it('also answers at the bare path when the operator wants it there', async () => {
  const { name } = await client.created()
  const bare = async (path: string) => {
    const answer = await gateway.fetch(path, { headers: { authorization: `Bearer ${gateway.adminToken}` } })
    return [answer.status, await answer.text()]
  }
  expect((await bare(`/api/providers/${name}`))[0]).toBe(404)
  await gateway.restart({ ROOT_DIALECT: 'bifrost' })
  for (const path of [`/api/providers/${name}`, '/api/providers/', '/api/keys', '/api/models', '/api/openapi.json'])
    expect([path, await bare(path)]).toEqual([path, await bare(`/bifrost${path}`)])
  expect((await bare('/api/providers'))[0]).toBe(200)
})
