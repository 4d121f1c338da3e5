import { beforeAll, describe, expect, it } from 'vitest'
import { bifrostClient, SIZES, uniqueName } from '../../support/bifrost-client.ts'
import { useGateway } from '../../support/use.ts'

let name: string
const gateway = useGateway()
const client = bifrostClient(gateway)
beforeAll(async () => {
  name = (await client.created({ provider: 'groq' })).name
})

const idOf = (type: string) => Buffer.from(`${type}:a\u0000b`).toString('base64')
const long = (count: number) => 'x'.repeat(count)
const MOST = Number.MAX_SAFE_INTEGER
const deep = (depth: number) => `{"provider":"deep","custom_provider_config":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
const half = '\ud800'

describe('whatever is sent', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['true', 'true'],
    ['JSON with a rest', '{"provider":"rest"} x'],
    ['JSON with single quotes', "{'provider':'x'}"],
    ['a deep body', deep(5_000)],
  ])('%s is a payload that cannot be read, for providers and for keys', async (_what, body) => {
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', '/groq'],
      ['POST', '/groq/keys'],
      ['PUT', '/groq/keys/00000000-0000-4000-8000-000000000000'],
    ] as const)
      expect([path, await client.refused(method, `/api/providers${path}`, body)]).toEqual([path, [400, 'Invalid request payload']])
  })

  it.each([
    '{"provider":"endless","concurrency_and_buffer_size":{"concurrency":1e400,"buffer_size":1e400}}',
    '{"provider":"large","network_config":{"max_retries":1e20}}',
  ])('has numbers that are some: %s', async (body) => {
    expect(await client.refused('POST', '/api/providers', body)).toEqual([400, 'Invalid request payload'])
  })

  it('is stored as it came when it is merely large', async () => {
    const sizes = { concurrency: MOST, buffer_size: MOST }
    const numbers = { default_request_timeout_in_seconds: MOST, max_retries: MOST, http2_ping_interval_in_seconds: MOST }
    const body = await client.created({ concurrency_and_buffer_size: sizes, network_config: numbers })
    expect([body.concurrency_and_buffer_size, body.network_config]).toMatchObject([sizes, numbers])
    // A write answers that it is active, whatever it is: only a read tells.
    expect(await client.read(body.name)).toEqual({ ...body, provider_status: 'error' })
  })

  it('has no names that mean something to JavaScript', async () => {
    const free = '{"__proto__":PART,"constructor":PART,"prototype":PART,"toString":PART}'
    const of = (part: string) => free.replaceAll('PART', part)
    const custom = `{"base_provider_type":"openai","allowed_requests":${of('true')},"request_path_overrides":${of('"/p"')}}`
    const network = `{"extra_headers":${of('"h"')},"beta_header_overrides":${of('true')}}`
    const provider = uniqueName()
    const { body } = await client.post(
      `{"__proto__":{"provider":"x"},"provider":"${provider}","network_config":${network},"custom_provider_config":${custom}}`,
    )
    expect(body.network_config).toMatchObject({ extra_headers: { toString: 'h' }, beta_header_overrides: { toString: true } })
    expect(Object.keys(body.network_config?.extra_headers ?? {}).sort()).toEqual(['prototype', 'toString'])
    expect(body.custom_provider_config?.allowed_requests).toMatchObject({ list_models: false })
    const key = await client.postKey(provider, `{"value":"sk-proto-000000000","aliases":${of('"m"')},"enabled":false}`)
    expect(key.body.aliases).toEqual({ toString: 'm' })
  })

  it('may be called what every object of JavaScript has', async () => {
    expect((await client.replaced('constructor')).name).toBe('constructor')
    expect(await client.refused('POST', '/api/providers/constructor/keys', {})).toEqual([400, 'Key value must not be empty'])
    expect((await client.createdKey('constructor', { enabled: false })).enabled).toBe(false)
    expect((await client.send('GET', '/api/models?provider=constructor')).body.total).toBe(0)
    for (const path of ['__proto__', 'toString', 'hasOwnProperty']) expect((await client.get(path)).status).toBe(404)
    expect((await client.remove('constructor')).status).toBe(200)
    const make = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' }
      return (await gateway.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).status
    }
    expect(await make('/respan/api/providers/', { provider_id: 'constructor', provider_name: 'c', api_key: 'sk-c-0000000001' })).toBe(201)
    expect((await client.remove('constructor')).status).toBe(200)
    expect(await make('/ziri/api/providers', { name: 'constructor', apiKey: 'sk-c-0000000002' })).toBe(200)
    expect((await client.remove('constructor')).status).toBe(200)
  })

  it.each<[string, object]>([
    ['a name beyond all sense', { provider: long(5_000) }],
    ['a name of another alphabet', { provider: 'прокси' }],
    ['an endpoint beyond all sense', { network_config: { base_url: `https://x.example/${long(9_000)}` } }],
    ['an endpoint with a null character', { network_config: { base_url: 'https://x.example/\u0000' } }],
    ['a header that breaks the line', { network_config: { extra_headers: { 'X-A': 'a\r\nX-B: c' } } }],
    ['a header that is no name', { network_config: { extra_headers: { 'X A': 'a' } } }],
    [
      'headers without number',
      { network_config: { extra_headers: Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`X-${at}`, 'a'])) } },
    ],
    ['a path beyond all sense', { custom_provider_config: { base_provider_type: 'openai', request_path_overrides: { a: long(3_000) } } }],
    ['a field beyond all sense', { network_config: { beta_header_overrides: { [long(3_000)]: true } } }],
    ['half a character', { custom_provider_config: { base_provider_type: 'openai', request_path_overrides: { a: '/\u0000' } } }],
    ['a pause without end', { network_config: { retry_backoff_max: `${'9'.repeat(400)}h` } }],
    ['a proxy that is none', { proxy_config: { type: 'socks5', url: 'nonsense' } }],
    ['a proxy with a password in its URL', { proxy_config: { url: 'http://u:planted@p.example' } }],
    ['a network that is a list', { network_config: [] }],
    ['a proxy that is a text', { proxy_config: 'http://p.example' }],
  ])('%s is refused in a few words, and nothing is stored', async (_what, fields) => {
    const before = (await client.send('GET', '/api/providers')).body.total
    const [status, message] = await client.refused('POST', '/api/providers', { provider: uniqueName(), ...fields })
    expect([status, message]).toEqual([400, expect.stringMatching(/^Invalid /)])
    expect(message?.length).toBeLessThan(500)
    expect(message).not.toContain('planted')
    expect((await client.send('GET', '/api/providers')).body.total).toBe(before)
  })

  it.each<[string, object]>([
    ['a value with a null character', { value: 'sk-0000\u0000000000' }],
    ['a value of half characters', { value: half.repeat(20) }],
    ['a value that breaks the line', { value: 'sk-0000\r\n000000' }],
    ['a value beyond all sense', { value: long(20_000) }],
    ['a name with a null character', { name: 'a\u0000b' }],
    ['a name beyond all sense', { name: long(300) }],
    ['models that are an object', { models: {} }],
    ['models that are null each', { models: [null] }],
    ['a model beyond all sense', { models: [long(3_000)] }],
    ['models without number', { models: Array.from({ length: 20_000 }, (_, at) => `m${at}`) }],
    ['a weight without end', { weight: 1e300 }],
    ['aliases that are a list', { aliases: [] }],
    ['an alias that is a number', { aliases: { a: 1 } }],
    ['an alias that nests', { aliases: { a: { model_id: 'm', region: { value: {} } } } }],
    ['a vendor configuration that is a list', { azure_key_config: [] }],
    ['a secret part that is a number', { azure_key_config: { endpoint: 5 } }],
    ['a secret part with half a character in it', { bedrock_key_config: { access_key: long(70_000) } }],
  ])('%s of a key is refused in a few words', async (_what, fields) => {
    const [status, message] = await client.refused('POST', `/api/providers/${name}/keys`, { value: 'sk-hostile-0000000', ...fields })
    expect([status, message]).toEqual([400, expect.stringMatching(/^Invalid /)])
    expect(message?.length).toBeLessThan(500)
  })

  it.each([
    ['a provider by name', 'query ($id: String!) { provider(by: { name: $id }) { id } }', 'a\u0000b'],
    ['a provider by id', 'query ($id: ID!) { provider(by: { id: $id }) { id } }', idOf('Provider')],
    ['a node', 'query ($id: ID!) { node(id: $id) { id } }', idOf('Provider')],
    ['a key', 'query ($id: ID!) { node(id: $id) { id } }', idOf('ApiKey')],
    ['an event by its subject', 'query ($id: ID!) { auditEvents(first: 1, subject: $id) { nodes { id } } }', 'a\u0000b'],
    ['a deletion', 'mutation ($id: String!) { deleteProvider(input: { provider: { name: $id } }) { __typename } }', 'a\u0000b'],
    [
      'a name',
      'mutation ($id: String!) { createProvider(input: { name: $id, type: OPENAI, baseUrl: "https://x.example" }) { __typename } }',
      'a\u0000b',
    ],
    ['a change', 'mutation ($id: ID!) { updateProvider(input: { provider: { id: $id } }) { __typename } }', idOf('Provider')],
  ])('finds no %s with a null character in it, in GraphQL', async (_what, query, id) => {
    const { text } = await gateway.graphql(query, { id })
    expect(text).toMatch(/null|NotFound|BAD_USER_INPUT|ValidationError|"nodes":\[\]/)
    expect(text).not.toContain('INTERNAL_SERVER_ERROR')
  })

  it('leaves no key behind, and the provider as it was', async () => {
    expect((await client.send('GET', `/api/providers/${name}/keys`)).body).toEqual({ keys: [], total: 0 })
    expect((await client.put(name, { concurrency_and_buffer_size: SIZES })).status).toBe(200)
  })
})
