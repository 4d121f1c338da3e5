import { describe, expect, it } from 'vitest'
import { bifrostClient, SIZES, uniqueName } from '../../support/bifrost-client.ts'
import { useGateway } from '../../support/use.ts'

const gateway = useGateway()
const client = bifrostClient(gateway)

const NAME_MESSAGE = 'Invalid provider: name must match ^[a-z0-9]+(-[a-z0-9]+)*$ (lowercase alphanumeric, hyphens between words)'
const post = (body: unknown) => client.refused('POST', '/api/providers', body)

describe('the message catalogue of POST (Bifrost contract, section 1.2)', () => {
  const base = (base_provider_type: string | null, is_key_less = false) => ({ custom_provider_config: { base_provider_type, is_key_less } })
  const network = (fields: object) => ({ provider: uniqueName(), network_config: fields })
  it.each<[string, () => unknown, string]>([
    ['text that is no JSON', () => '{', 'Invalid request payload'],
    ['a wrong type', () => ({ provider: 1 }), 'Invalid request payload'],
    ['a negative timeout', () => network({ default_request_timeout_in_seconds: -1 }), 'Invalid request payload'],
    ['a fractional number of retries', () => network({ max_retries: 1.5 }), 'Invalid request payload'],
    ['a fractional backoff', () => network({ retry_backoff_initial: 100.5 }), 'Invalid request payload'],
    ['a backoff that is no duration', () => network({ retry_backoff_initial: 'soon' }), 'Invalid request payload'],
    ['no provider', () => ({}), 'Missing provider'],
    ['a whole null', () => 'null', 'Missing provider'],
    ['a name against the rule', () => ({ provider: 'Open AI' }), NAME_MESSAGE],
    [
      'a custom provider of a standard name',
      () => ({ provider: 'openai', ...base('openai') }),
      'Custom provider cannot be same as a standard provider',
    ],
    ['no base type', () => ({ provider: uniqueName(), ...base('') }), 'BaseProviderType is required when CustomProviderConfig is provided'],
    ['an unknown base type', () => ({ provider: uniqueName(), ...base('azure') }), 'BaseProviderType must be a standard provider'],
    ['no concurrency', () => ({ provider: 'groq', concurrency_and_buffer_size: { buffer_size: 1 } }), 'Concurrency must be greater than 0'],
    [
      'a negative concurrency',
      () => ({ provider: 'groq', concurrency_and_buffer_size: { concurrency: -1, buffer_size: 1 } }),
      'Concurrency must be greater than 0',
    ],
    ['no buffer size', () => ({ provider: 'groq', concurrency_and_buffer_size: { concurrency: 1 } }), 'Buffer size must be greater than 0'],
    [
      'more concurrency than buffer',
      () => ({ provider: 'groq', concurrency_and_buffer_size: { concurrency: 2, buffer_size: 1 } }),
      'Concurrency must be less than or equal to buffer size',
    ],
    [
      'a short first backoff',
      () => network({ retry_backoff_initial: 99 }),
      'Invalid retry backoff: retry backoff initial must be at least 100ms',
    ],
    [
      'a long first backoff',
      () => network({ retry_backoff_initial: '17m' }),
      'Invalid retry backoff: retry backoff initial must be at most 16m40s',
    ],
    ['a short last backoff', () => network({ retry_backoff_max: 1 }), 'Invalid retry backoff: retry backoff max must be at least 100ms'],
    [
      'a long last backoff',
      () => network({ retry_backoff_max: 1_000_001 }),
      'Invalid retry backoff: retry backoff max must be at most 16m40s',
    ],
    [
      'backoffs that shrink',
      () => network({ retry_backoff_initial: 300, retry_backoff_max: 200 }),
      'Invalid retry backoff: retry backoff initial must be less than or equal to retry backoff max',
    ],
    [
      'another scheme',
      () => network({ base_url: 'ftp://x.example' }),
      'Invalid base URL: only https and http schemes are allowed, got: ftp',
    ],
    ['no host', () => network({ base_url: 'https://' }), 'Invalid base URL: URL must have a hostname'],
    ['an unspecified address', () => network({ base_url: 'http://0.0.0.0' }), 'Invalid base URL: unspecified IP addresses are not allowed'],
    [
      'a link-local address, whatever is allowed',
      () => network({ base_url: 'http://169.254.1.1', allow_private_network: true }),
      'Invalid base URL: link-local IP addresses are not allowed',
    ],
    ['a private address', () => network({ base_url: 'http://10.0.0.1' }), 'Invalid base URL: private IP addresses are not allowed'],
    [
      'a keyless Bedrock',
      () => ({ provider: uniqueName(), ...base('bedrock', true) }),
      'Invalid custom provider config: custom provider validation failed: Bedrock providers cannot be keyless (is_key_less=true)',
    ],
    [
      'a mask of a proxy password',
      () => ({ provider: 'groq', proxy_config: { type: 'http', url: 'http://p.example:1', password: '<REDACTED>' } }),
      'masked preview cannot be used for proxy_config.password without a stored value',
    ],
    [
      'a mask of a certificate',
      () => network({ ca_cert_pem: `----${'*'.repeat(24)}---\n` }),
      'masked preview cannot be used for network_config.ca_cert_pem without a stored value',
    ],
  ])('refuses %s', async (_what, body, message) => {
    expect(await post(body())).toEqual([400, message])
  })

  it('refuses a name that exists, behind the rules of its fields and before the one for Bedrock', async () => {
    const { name } = await client.created()
    expect(await post({ provider: name })).toEqual([409, `Provider ${name} already exists`])
    expect(await post({ provider: name, network_config: { base_url: 'ftp://x' } })).toEqual([
      400,
      expect.stringContaining('Invalid base URL'),
    ])
    expect(await post({ provider: name, ...base('bedrock', true) })).toEqual([409, `Provider ${name} already exists`])
  })

  it('ignores unknown fields, and takes null as absent', async () => {
    const { name } = await client.created({ keys: null, other: 1, network_config: null, proxy_config: null })
    expect((await client.send('GET', `/api/providers/${name}/keys`)).body).toEqual({ keys: [], total: 0 })
  })

  it('accepts loopback, and a private address when the provider allows it', async () => {
    await client.created({ network_config: { base_url: 'http://127.0.0.1:1' } })
    const body = await client.created({ network_config: { base_url: 'http://10.0.0.1', allow_private_network: true } })
    expect(body.network_config).toMatchObject({ base_url: 'http://10.0.0.1', allow_private_network: true })
  })
})

describe('what is stored comes back (Bifrost contract, section 2)', () => {
  it('returns every field of a full provider as it was sent, at once and later', async () => {
    const network_config = {
      base_url: 'https://relay.example/base',
      extra_headers: { 'X-Team': 'core' },
      default_request_timeout_in_seconds: 172_800,
      max_retries: 20,
      retry_backoff_initial: 200,
      retry_backoff_max: 900_000,
      insecure_skip_verify: true,
      stream_idle_timeout_in_seconds: 60,
      max_conns_per_host: 100,
      enforce_http2: true,
      beta_header_overrides: { 'files-api': false },
      keep_alive_timeout_in_seconds: 30,
      http2_ping_interval_in_seconds: 5,
      allow_private_network: true,
    }
    const custom_provider_config = {
      is_key_less: false,
      base_provider_type: 'openai',
      allowed_requests: { list_models: false, chat_completion: true },
      request_path_overrides: { chat_completion: '/chat' },
    }
    const body = await client.created({
      network_config,
      concurrency_and_buffer_size: SIZES,
      custom_provider_config,
      send_back_raw_request: true,
    })
    expect(body.network_config).toEqual(network_config)
    expect(body.concurrency_and_buffer_size).toEqual(SIZES)
    expect(body.custom_provider_config).toMatchObject({
      ...custom_provider_config,
      allowed_requests: { chat_completion: true, list_models: false, realtime: false },
    })
    expect(Object.keys(body.custom_provider_config?.allowed_requests ?? {}).length).toBe(60)
    expect(await client.read(body.name)).toEqual(body)
  })

  it.each([
    ['500ms', '1m30s', 500, 90_000],
    ['+1.5s', '.5m', 1_500, 30_000],
    ['150000us', '200000\u00b5s', 150, 200],
    ['0', '0s', 0, 0],
    [0, null, 0, 0],
  ])('reads durations as Go writes them: %s and %s', async (retry_backoff_initial, retry_backoff_max, initial, longest) => {
    const { network_config } = await client.created({ network_config: { retry_backoff_initial, retry_backoff_max } })
    expect(network_config).toMatchObject({ retry_backoff_initial: initial, retry_backoff_max: longest })
  })

  it('leaves out what is zero, false or empty, but for the four numbers that are always there', async () => {
    const none = { base_url: '', extra_headers: {}, beta_header_overrides: { a: null }, enforce_http2: false, insecure_skip_verify: false }
    const zero = { stream_idle_timeout_in_seconds: 0, max_conns_per_host: 0, keep_alive_timeout_in_seconds: 0 }
    const more = { http2_ping_interval_in_seconds: 0, allow_private_network: false, ca_cert_pem: '' }
    const custom_provider_config = { base_provider_type: 'openai', request_path_overrides: {}, allowed_requests: null }
    const body = await client.created({ network_config: { ...none, ...zero, ...more }, custom_provider_config, openai_config: {} })
    expect(body.network_config).toEqual({
      default_request_timeout_in_seconds: 0,
      max_retries: 0,
      retry_backoff_initial: 0,
      retry_backoff_max: 0,
    })
    expect(body.custom_provider_config).toEqual({ is_key_less: false, base_provider_type: 'openai' })
    expect(body.openai_config).toEqual({ disable_store: false })
  })

  const secretOf = (text: string) => ({ value: `${text.slice(0, 4)}${'*'.repeat(24)}${text.slice(-4)}`, type: 'plain_text' })
  it.each([
    [{ type: 'http', url: 'http://proxy.example:3128' }, 'http'],
    [{ type: 'socks5', url: 'socks5://proxy.example:1080' }, 'socks5'],
    [{ url: 'https://proxy.example:3128' }, 'http'],
    [{ type: '', url: 'socks5://proxy.example:1080' }, 'socks5'],
    [{ type: 'environment' }, 'environment'],
    [{ type: 'none' }, 'none'],
    [{}, 'none'],
  ])('shows the proxy %j as one of type %s, and keeps it when it comes back', async (proxy, type) => {
    const { name, proxy_config } = await client.created({ proxy_config: proxy })
    const url = 'url' in proxy && typeof proxy.url === 'string' ? secretOf(proxy.url) : null
    expect(proxy_config).toEqual({ type, url, username: null, password: null, ca_cert_pem: null })
    expect((await client.replaced(name, { proxy_config: { ...proxy_config, type: null } })).proxy_config).toEqual(
      type === 'environment' ? { ...proxy_config, type: 'none' } : proxy_config,
    )
  })

  it('maps to the network of GraphQL, and shows what others change there', async () => {
    const { name } = await client.created({
      network_config: { base_url: 'https://x.example', default_request_timeout_in_seconds: 45, max_retries: 2 },
    })
    const read = 'query ($name: String!) { provider(by: { name: $name }) { network { timeoutMs maxRetries allowPrivateNetwork } } }'
    expect((await gateway.ask<{ provider: unknown }>(read, { name })).provider).toEqual({
      network: { timeoutMs: 45_000, maxRetries: 2, allowPrivateNetwork: false },
    })
    const change = 'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }'
    await gateway.ask(change, { input: { provider: { name }, network: { timeoutMs: 7_000 } } })
    expect((await client.read(name)).network_config).toMatchObject({
      default_request_timeout_in_seconds: 7,
      max_retries: 0,
      allow_private_network: true,
    })
  })

  it.each([
    ['ANTHROPIC', 'anthropic', false],
    ['AZURE', 'openai', false],
    ['BEDROCK', 'bedrock', false],
    ['COPILOT', 'openai', true],
    ['GOOGLE', 'gemini', false],
    ['OPENAI', 'openai', false],
    ['OPENAI_COMPAT', 'openai', false],
    ['OPENROUTER', 'openai', false],
    ['VERCEL', 'openai', false],
  ])('shows a provider of type %s that was made elsewhere as one based on %s', async (type, base_provider_type, is_key_less) => {
    const name = uniqueName('typed')
    const create = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
    const settings = type === 'BEDROCK' ? { settings: { bedrock: { region: 'us-east-1' } } } : {}
    const input = { name, type, baseUrl: 'https://x.example', ...settings }
    expect(await gateway.ask(create, { input })).toEqual({ createProvider: { __typename: 'CreateProviderPayload' } })
    const body = await client.read(name)
    expect(body).toMatchObject({ provider_status: 'active', custom_provider_config: { is_key_less, base_provider_type } })
    expect((await client.send('GET', `/api/providers/${name}/keys`)).body).toEqual({ keys: [], total: 0 })
    // What was shown can be sent back as it is.
    const { name: _, provider_status: __, status: ___, ...again } = body
    expect(await client.replaced(name, again)).toEqual(body)
  })

  it('shows a provider that was made elsewhere with sensible values', async () => {
    const create = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
    const name = uniqueName('elsewhere')
    await gateway.ask(create, {
      input: {
        name,
        type: 'ANTHROPIC',
        baseUrl: 'https://api.anthropic.com',
        apiKeys: [{ credential: { value: 'sk-elsewhere-000000000000' } }],
      },
    })
    expect(await client.read(name)).toMatchObject({
      network_config: { base_url: 'https://api.anthropic.com', default_request_timeout_in_seconds: 30, retry_backoff_initial: 500 },
      concurrency_and_buffer_size: { concurrency: 1000, buffer_size: 5000 },
      custom_provider_config: { is_key_less: false, base_provider_type: 'anthropic' },
      provider_status: 'active',
      status: 'unknown',
    })
    const { body } = await client.send('GET', `/api/providers/${name}/keys`)
    expect(body.keys).toMatchObject([
      { name: '', value: { value: `sk-e${'*'.repeat(24)}0000`, type: 'plain_text' }, models: ['*'], weight: 1, enabled: true },
    ])
  })
})
