import { describe, expect, it } from 'vitest'
import { bifrostClient, custom, SIZES, uniqueName } from '../../support/bifrost-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = bifrostClient(gateway)

const NAME_MESSAGE = 'Invalid provider: name must match ^[a-z0-9]+(-[a-z0-9]+)*$ (lowercase alphanumeric, hyphens between words)'
const KEYS_MESSAGE = 'keys are not accepted on this endpoint; use POST/PUT /api/providers/{provider}/keys[/{key_id}] to manage keys'
const put = (name: string, body: unknown) => client.refused('PUT', `/api/providers/${name}`, body)

describe('PUT (Bifrost contract, section 4)', () => {
  it('creates what is not there, and keeps what it does not know, with 200', async () => {
    const body = await client.replaced('mistral', { openai_config: { disable_store: true } })
    expect(body).toMatchObject({
      name: 'mistral',
      openai_config: { disable_store: true },
      network_config: { base_url: 'https://api.mistral.ai/v1' },
    })
    expect(await client.read('mistral')).toEqual(body)
  })

  it('needs the block of sizes', async () => {
    for (const body of [{}, 'null', { concurrency_and_buffer_size: null }])
      expect(await put('groq', body)).toEqual([400, 'Concurrency must be greater than 0'])
  })

  it('takes no keys but an empty list', async () => {
    expect(await put('groq', { keys: [{ value: 'x' }] })).toEqual([400, KEYS_MESSAGE])
    for (const keys of [[], null]) expect((await client.put('groq', { concurrency_and_buffer_size: SIZES, keys })).status).toBe(200)
  })

  it('resets what is left out, but for the flag that stores raw requests', async () => {
    const flags = { send_back_raw_request: true, send_back_raw_response: true, store_raw_request_response: true }
    const full = { ...flags, openai_config: { disable_store: true }, proxy_config: { type: 'http', url: 'http://p.example:1' } }
    const { name } = await client.created({ ...full, network_config: { base_url: 'https://x.example', max_retries: 3 } })
    const body = await client.replaced(name)
    expect(body).toMatchObject({
      send_back_raw_request: false,
      send_back_raw_response: false,
      store_raw_request_response: true,
      proxy_config: null,
    })
    expect(body).not.toHaveProperty('openai_config')
    expect(body.network_config).toEqual({
      default_request_timeout_in_seconds: 0,
      max_retries: 0,
      retry_backoff_initial: 0,
      retry_backoff_max: 0,
    })
    // Without an endpoint it is a placeholder, which a GET says.
    expect(await client.read(name)).toEqual({ ...body, provider_status: 'error' })
  })

  it('is back at the preset without a network block', async () => {
    await client.replaced('xai', { network_config: { base_url: 'https://relay.example' } })
    expect((await client.replaced('xai')).network_config.base_url).toBe('https://api.x.ai/v1')
  })

  it('keeps what a custom provider is based on', async () => {
    const { name } = await client.created(custom('https://x.example'))
    const change = (custom_provider_config: unknown) => put(name, { concurrency_and_buffer_size: SIZES, custom_provider_config })
    const prefix = 'Invalid custom provider config: '
    expect(await change(undefined)).toEqual([400, `${prefix}custom_provider_config cannot be removed after creation for provider ${name}`])
    expect(await change({})).toEqual([400, `${prefix}custom provider validation failed: base_provider_type is required`])
    expect(await change({ base_provider_type: 'azure' })).toEqual([
      400,
      `${prefix}custom provider validation failed: unsupported base_provider_type: azure`,
    ])
    expect(await change({ base_provider_type: 'cohere' })).toEqual([
      400,
      `${prefix}provider ${name}: base_provider_type cannot be changed from openai to cohere after creation`,
    ])
    expect(await put('cohere', { concurrency_and_buffer_size: SIZES, custom_provider_config: { base_provider_type: 'openai' } })).toEqual([
      400,
      `${prefix}custom provider validation failed: cannot be created on standard providers: cohere`,
    ])
    const kept = await client.replaced(name, custom('https://y.example', true))
    expect(kept.custom_provider_config).toEqual({ is_key_less: true, base_provider_type: 'openai' })
  })

  it('refuses names against the rule', async () => {
    expect(await put('Open-AI', { concurrency_and_buffer_size: SIZES })).toEqual([400, NAME_MESSAGE])
    expect(await client.refused('GET', '/api/providers/Open-AI')).toEqual([404, 'Provider not found: not found'])
  })

  it('ignores what only the server says, whatever it is', async () => {
    const said = { name: 5, status: {}, provider_status: [], description: 1, config_hash: false }
    expect(await client.replaced('deepseek', said)).toMatchObject({ name: 'deepseek', status: 'unknown', provider_status: 'active' })
  })

  it('leaves the keys alone, and what tests found out', async () => {
    const { name } = await client.created({ network_config: { base_url: 'http://127.0.0.1:9' } })
    const key = await client.createdKey(name, { models: ['a'] })
    expect(key.status).toBe('list_models_failed')
    await client.replaced(name, { network_config: { base_url: 'http://127.0.0.1:9', max_retries: 1 } })
    expect(await client.readKey(name, key.id)).toMatchObject({ value: key.value, models: ['a'], status: 'list_models_failed' })
  })

  it('replaces a block as a whole', async () => {
    const { name } = await client.created({ network_config: { base_url: 'https://x.example', max_retries: 3, enforce_http2: true } })
    const { network_config } = await client.replaced(name, { network_config: { default_request_timeout_in_seconds: 7 } })
    expect(network_config).toEqual({
      default_request_timeout_in_seconds: 7,
      max_retries: 0,
      retry_backoff_initial: 0,
      retry_backoff_max: 0,
    })
  })

  const zeros = { default_request_timeout_in_seconds: 0, max_retries: 0, retry_backoff_initial: 0, retry_backoff_max: 0 }
  it.each<[string, unknown]>([
    ['network_config', zeros],
    ['proxy_config', null],
    ['openai_config', undefined],
    ['send_back_raw_request', false],
    ['send_back_raw_response', false],
    ['store_raw_request_response', true],
  ])('takes %s that is null as one that is left out', async (field, expected) => {
    const { name } = await client.created({
      network_config: { base_url: 'https://x.example', max_retries: 3 },
      proxy_config: { type: 'http', url: 'http://p.example:1' },
      openai_config: { disable_store: true },
      send_back_raw_request: true,
      send_back_raw_response: true,
      store_raw_request_response: true,
    })
    for (const body of [{ [field]: null }, {}])
      expect(new Map(Object.entries(await client.replaced(name, body))).get(field)).toEqual(expected)
  })

  it('never makes a standard provider a custom one, nor a keyless one of Bedrock', async () => {
    const prefix = 'Invalid custom provider config: custom provider validation failed: '
    const custom_provider_config = { base_provider_type: 'bedrock', is_key_less: true }
    expect(await put(uniqueName(), { concurrency_and_buffer_size: SIZES, custom_provider_config })).toEqual([
      400,
      `${prefix}Bedrock providers cannot be keyless (is_key_less=true)`,
    ])
    expect(await put('openai', { concurrency_and_buffer_size: SIZES, custom_provider_config })).toEqual([
      400,
      `${prefix}cannot be created on standard providers: openai`,
    ])
    const { name } = await client.created(custom('https://x.example'))
    expect(await put(name, { concurrency_and_buffer_size: SIZES, custom_provider_config: null })).toEqual([
      400,
      `Invalid custom provider config: custom_provider_config cannot be removed after creation for provider ${name}`,
    ])
  })

  it('enables a placeholder that gets an endpoint, and says `error` of a provider that somebody disabled', async () => {
    const { name } = await client.created()
    expect((await client.read(name)).provider_status).toBe('error')
    const network_config = { base_url: 'https://x.example' }
    await client.replaced(name, { network_config })
    expect((await client.read(name)).provider_status).toBe('active')
    const disable = 'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }'
    await gateway.ask(disable, { input: { provider: { name }, enabled: false } })
    expect((await client.replaced(name, { network_config })).provider_status).toBe('active')
    expect((await client.read(name)).provider_status).toBe('error')
  })
})

/** Each rule comes before the next, so a body that breaks all is refused for the first that is left. */
describe('the order of the rules (Bifrost contract, section 1.3)', () => {
  const BACKOFF = 'Invalid retry backoff: retry backoff initial must be at least 100ms'
  const BASE_URL = 'Invalid base URL: only https and http schemes are allowed, got: ftp'

  async function expectOrder(send: (body: unknown) => Promise<unknown>, steps: readonly (readonly [number, string, object])[]) {
    let body: object = {}
    const wrong = steps.toReversed().map(([, , fault]) => fault)
    for (const fault of wrong) body = { ...body, ...fault }
    for (const [status, message, fault] of steps) {
      expect(await send(body)).toEqual([status, message])
      body = { ...body, ...rightOf(fault) }
    }
  }

  /** The field of a fault as it should have been. */
  function rightOf(fault: object): object {
    const right: Readonly<Record<string, unknown>> = {
      send_back_raw_request: true,
      provider: 'taken',
      custom_provider_config: { base_provider_type: 'openai' },
      concurrency_and_buffer_size: SIZES,
      network_config: { base_url: 'https://x.example' },
      keys: [],
    }
    return Object.fromEntries(Object.keys(fault).map((field) => [field, right[field]]))
  }

  it('of POST', async () => {
    await client.created({ provider: 'taken' })
    const sizes = { concurrency_and_buffer_size: { concurrency: 5, buffer_size: 1 } }
    await expectOrder(
      (body) => client.refused('POST', '/api/providers', body),
      [
        [400, 'Invalid request payload', { send_back_raw_request: 'yes' }],
        [400, 'Missing provider', { provider: '' }],
        [400, 'BaseProviderType is required when CustomProviderConfig is provided', { custom_provider_config: {} }],
        [400, 'Concurrency must be less than or equal to buffer size', sizes],
        [400, BACKOFF, { network_config: { base_url: 'ftp://x', retry_backoff_initial: 1 } }],
        [409, 'Provider taken already exists', {}],
      ],
    )
    const custom_provider_config = { base_provider_type: 'nonsense' }
    const both = { provider: 'openai', custom_provider_config, network_config: { base_url: 'ftp://x' } }
    expect(await client.refused('POST', '/api/providers', both)).toEqual([400, 'Custom provider cannot be same as a standard provider'])
    expect(await client.refused('POST', '/api/providers', { ...both, provider: 'Not A Name' })).toEqual([400, NAME_MESSAGE])
    expect(await client.refused('POST', '/api/providers', { ...both, provider: 'taken' })).toEqual([
      400,
      'BaseProviderType must be a standard provider',
    ])
    expect(await client.refused('POST', '/api/providers', { provider: 'taken', network_config: { base_url: 'ftp://x' } })).toEqual([
      400,
      BASE_URL,
    ])
  })

  it('of PUT', async () => {
    const { name } = await client.created(custom('https://x.example'))
    await expectOrder(
      (body) => put(name, body),
      [
        [400, 'Invalid request payload', { send_back_raw_request: 'yes' }],
        [400, KEYS_MESSAGE, { keys: [{}] }],
        [400, 'Concurrency must be greater than 0', { concurrency_and_buffer_size: { concurrency: 0, buffer_size: 0 } }],
        [
          400,
          `Invalid custom provider config: provider ${name}: base_provider_type cannot be changed from openai to gemini after creation`,
          { custom_provider_config: { base_provider_type: 'gemini' } },
        ],
        [400, BACKOFF, { network_config: { base_url: 'ftp://x', retry_backoff_initial: 1 } }],
      ],
    )
    expect(await put(name, { concurrency_and_buffer_size: SIZES, ...custom('ftp://x') })).toEqual([400, BASE_URL])
    expect((await client.send('PUT', '/api/providers/%zz', { body: '{' })).body.error?.message).toContain('invalid URL escape "%zz"')
  })

  it.each([
    [{ concurrency: 0, buffer_size: 1 }, 'Concurrency must be greater than 0'],
    [{ concurrency: 1, buffer_size: 0 }, 'Buffer size must be greater than 0'],
    [{ concurrency: -1, buffer_size: -1 }, 'Concurrency must be greater than 0'],
    [{ concurrency: 2, buffer_size: 1 }, 'Concurrency must be less than or equal to buffer size'],
    [{ concurrency: 1.5, buffer_size: 2 }, 'Invalid request payload'],
  ])('has the same sizes in PUT as in POST: %j', async (concurrency_and_buffer_size, message) => {
    expect(await put('groq', { concurrency_and_buffer_size })).toEqual([400, message])
    expect(await client.refused('POST', '/api/providers', { provider: uniqueName(), concurrency_and_buffer_size })).toEqual([400, message])
  })

  it.each([
    [{ retry_backoff_initial: 99 }, 'Invalid retry backoff: retry backoff initial must be at least 100ms'],
    [{ retry_backoff_initial: 1_000_001 }, 'Invalid retry backoff: retry backoff initial must be at most 16m40s'],
    [{ retry_backoff_max: '99ms' }, 'Invalid retry backoff: retry backoff max must be at least 100ms'],
    [{ retry_backoff_max: '1h' }, 'Invalid retry backoff: retry backoff max must be at most 16m40s'],
    [
      { retry_backoff_initial: 300, retry_backoff_max: 200 },
      'Invalid retry backoff: retry backoff initial must be less than or equal to retry backoff max',
    ],
    [{ base_url: 'https://' }, 'Invalid base URL: URL must have a hostname'],
    [{ base_url: 'http://[::]' }, 'Invalid base URL: unspecified IP addresses are not allowed'],
    [{ base_url: 'http://[fe80::1]', allow_private_network: true }, 'Invalid base URL: link-local IP addresses are not allowed'],
    [{ base_url: 'http://172.16.0.1' }, 'Invalid base URL: private IP addresses are not allowed'],
    [{ base_url: 'http://192.168.0.1' }, 'Invalid base URL: private IP addresses are not allowed'],
    [{ base_url: 'http://[fd00::1]' }, 'Invalid base URL: private IP addresses are not allowed'],
    [{ base_url: 'http://[::ffff:10.0.0.1]' }, 'Invalid base URL: private IP addresses are not allowed'],
    [{ base_url: 'https://user:pass@x.example' }, expect.stringContaining('must not contain a user name or password')],
    [{ base_url: 'https://x.example:99999' }, expect.stringContaining('port between 1 and 65535')],
    // One text for every address that no operator can allow and that Bifrost has no words for.
    [{ base_url: 'http://224.0.0.1' }, expect.stringContaining('The gateway may not connect to this address')],
    [{ base_url: 'http://100.100.100.200' }, expect.stringContaining('The gateway may not connect to this address')],
  ])('has the same network in PUT as in POST: %j', async (network_config, message) => {
    expect(await put('groq', { concurrency_and_buffer_size: SIZES, network_config })).toEqual([400, message])
    expect(await client.refused('POST', '/api/providers', { provider: uniqueName(), network_config })).toEqual([400, message])
  })

  it.each([
    { network_config: { default_request_timeout_in_seconds: -1 } },
    { network_config: { default_request_timeout_in_seconds: 1.5 } },
    { network_config: { max_retries: -1 } },
    { network_config: { retry_backoff_initial: -100 } },
    { network_config: { retry_backoff_max: '-5s' } },
    { network_config: { stream_idle_timeout_in_seconds: -1 } },
    { network_config: { max_conns_per_host: 0.5 } },
    { network_config: { keep_alive_timeout_in_seconds: -1 } },
    { network_config: { http2_ping_interval_in_seconds: -1 } },
    { network_config: { extra_headers: { 'X-A': 1 } } },
    { network_config: { beta_header_overrides: { a: 'yes' } } },
    { proxy_config: { type: 'ftp' } },
    { openai_config: { disable_store: 'yes' } },
    { custom_provider_config: { base_provider_type: 'openai', allowed_requests: { list_models: 'yes' } } },
  ])('cannot read %j', async (fields) => {
    expect(await put('groq', { concurrency_and_buffer_size: SIZES, ...fields })).toEqual([400, 'Invalid request payload'])
    expect(await client.refused('POST', '/api/providers', { provider: uniqueName(), ...fields })).toEqual([400, 'Invalid request payload'])
  })
})
