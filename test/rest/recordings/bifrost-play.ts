import { GOOD_KEY, LIMITED_KEY, type Player } from '../../support/recording.ts'
import { playBifrostKeys } from './bifrost-key-play.ts'
import { ALL, at, idOf, keyAt, keysOf, quiet, SIZES, UNLISTED } from './bifrost-requests.ts'

const STANDARD = [
  'azure',
  'bedrock',
  'cerebras',
  'cohere',
  'gemini',
  'groq',
  'mistral',
  'ollama',
  'openrouter',
  'sgl',
  'vertex',
  'vllm',
  'xai',
]

/** Some 300 requests of clients of Bifrost's API: every route, what they may send, and what is refused. */
export async function playBifrost(player: Player): Promise<void> {
  await standardProviders(player)
  await refusedProviders(player)
  await fullProvider(player)
  await puts(player)
  await playBifrostKeys(player)
  await models(player)
  await doors(player)
}

async function standardProviders({ send }: Player): Promise<void> {
  await send('GET', ALL)
  for (const name of STANDARD) {
    await send('POST', ALL, { provider: name })
    await send('GET', `${at(name)}/`)
    await send('GET', keysOf(name))
  }
  await send('GET', ALL)
  await send('POST', ALL, { provider: 'groq' })
  for (const name of ['nobody', 'Open-AI', 'a_b', '%00', '%zz', 'x'.repeat(200)]) await send('GET', at(name))
  for (const name of [...STANDARD, 'nobody', 'A_b']) await send('DELETE', at(name))
}

async function refusedProviders({ send }: Player): Promise<void> {
  const base = (base_provider_type: unknown, is_key_less = false) => ({ custom_provider_config: { base_provider_type, is_key_less } })
  const network = (fields: object) => ({ provider: 'refused', network_config: fields })
  const bodies: unknown[] = [
    ...['', '{', '[]', 'null', '{}', '"x"'],
    ...[1, '', 'Open AI', 'a_b', 'x'.repeat(65), 'x'.repeat(3_000)].map((provider) => ({ provider })),
    { provider: 'openai', ...base('openai') },
    ...['', null, 'azure', 5].map((type) => ({ provider: 'refused', ...base(type) })),
    { provider: 'refused', ...base('bedrock', true) },
    ...[
      { buffer_size: 1 },
      { concurrency: -1, buffer_size: 1 },
      { concurrency: 1 },
      { concurrency: 2, buffer_size: 1 },
      { concurrency: 1.5 },
    ].map((concurrency_and_buffer_size) => ({ provider: 'refused', concurrency_and_buffer_size })),
    ...[99, '17m', '1s', 'soon', 100.5, '100ms'].map((retry_backoff_initial) => network({ retry_backoff_initial })),
    ...[1, 1_000_001].map((retry_backoff_max) => network({ retry_backoff_max })),
    network({ retry_backoff_initial: 300, retry_backoff_max: 200 }),
    ...['ftp://x.example', 'https://', 'http://0.0.0.0', 'http://169.254.1.1', 'http://10.0.0.1', 'junk', 'https://u:p@x.example', 5].map(
      (base_url) => network({ base_url }),
    ),
    ...[{ default_request_timeout_in_seconds: -1 }, { max_retries: 1.5 }, { max_retries: 99 }, { extra_headers: { 'bad name': 'x' } }].map(
      network,
    ),
    network({ ca_cert_pem: 'no certificate' }),
    network({ ca_cert_pem: `----${'*'.repeat(24)}---\n` }),
    ...[
      { type: 'http' },
      { type: 'ftp', url: 'x' },
      { type: 'http', url: 'no url' },
      { type: 'http', url: 'http://p.example:1', password: '<REDACTED>' },
      { type: 'http', url: 'http://u:p@p.example:1' },
      { type: 'http', url: { value: '', env_var: 'env.NOT_ALLOWED', type: 'env' } },
    ].map((proxy_config) => ({ provider: 'refused', proxy_config })),
    { provider: 'refused', unknown: 1, status: 'x', keys: [] },
  ]
  for (const body of bodies) {
    await send('POST', ALL, body)
    await send('DELETE', at('refused'))
  }
}

async function fullProvider({ send }: Player): Promise<void> {
  const network_config = {
    base_url: 'https://relay.example/base',
    extra_headers: { 'X-Team': 'core', 'X-Api-Key': 'header-fixture-secret-0001' },
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
  const full = {
    network_config,
    ...SIZES,
    proxy_config: { type: 'http', url: 'http://proxy.example.com:3128', username: 'proxy-user-0001', password: 'proxy-fixture-password' },
    send_back_raw_request: true,
    send_back_raw_response: true,
    store_raw_request_response: true,
    custom_provider_config: { ...UNLISTED, is_key_less: false, request_path_overrides: { chat_completion: '/chat' } },
    openai_config: { disable_store: true },
  }
  const made = await send('POST', ALL, { provider: 'full', ...full })
  await send('GET', at('full'))
  // What a client does that changes one field of what it read: masks come back.
  await send('PUT', at('full'), JSON.parse(made.text))
  await send('PUT', at('full'), { ...JSON.parse(made.text), send_back_raw_request: false })
  await send('PUT', at('full'), full)
  await send('GET', at('full'))
  await send('DELETE', at('full'))
}

async function puts({ send }: Player): Promise<void> {
  const custom = (fields: object) => ({ ...SIZES, custom_provider_config: { base_provider_type: 'openai', ...fields } })
  await send('PUT', at('mistral'), { ...SIZES, openai_config: { disable_store: true } })
  await send('PUT', at('own'), quiet({ ...SIZES }))
  const bodies: unknown[] = [
    ...['', '{', '[]', 'null', '{}'],
    { concurrency_and_buffer_size: null },
    { ...SIZES, keys: [{ value: 'x' }] },
    { ...SIZES, keys: [] },
    SIZES,
    ...[undefined, {}, { base_provider_type: 'azure' }, { base_provider_type: 'cohere' }, UNLISTED].map((custom_provider_config) => ({
      ...SIZES,
      custom_provider_config,
    })),
    { ...quiet(SIZES), network_config: { base_url: 'https://y.invalid' } },
    { ...quiet(SIZES), network_config: { base_url: 'https://y.invalid', max_retries: 3, enforce_http2: true } },
    { ...quiet(SIZES), network_config: { default_request_timeout_in_seconds: 7 } },
    { ...quiet(SIZES), network_config: { base_url: 'ftp://x' } },
    { ...quiet(SIZES), network_config: null },
    ...['none', 'environment', 'socks5'].map((type) => ({ ...quiet(SIZES), proxy_config: { type, url: 'socks5://p.example:1080' } })),
    { ...quiet(SIZES), proxy_config: { type: 'none' } },
    { ...quiet(SIZES), proxy_config: { url: 'http://p.example:1', username: 'a-proxy-user', password: 'a-proxy-fixture-password' } },
    { ...quiet(SIZES), proxy_config: { url: 'http://p.example:1', username: 'a-pr****user', password: '<REDACTED>' } },
    { ...quiet(SIZES), proxy_config: null },
    { ...quiet(SIZES), send_back_raw_request: true, store_raw_request_response: true },
    quiet(SIZES),
    { ...quiet(SIZES), name: 5, status: {}, provider_status: [], config_hash: false },
    custom({ is_key_less: true }),
    custom({ request_path_overrides: { list_models: '/other' }, allowed_requests: { chat_completion: true } }),
  ]
  for (const body of bodies) await send('PUT', at('own'), body)
  await send('GET', at('own'))
  await send('PUT', at('cohere'), custom({}))
  await send('PUT', at('Open-AI'), SIZES)
  for (const name of ['mistral', 'own', 'cohere']) await send('DELETE', at(name))
}

async function models({ send, upstream }: Player): Promise<void> {
  const custom_provider_config = { base_provider_type: 'openai' }
  await send('POST', ALL, { provider: 'tested', network_config: { base_url: upstream }, custom_provider_config })
  for (const [index, value] of [GOOD_KEY, LIMITED_KEY, 'sk-wrong-fixture-0123456789'].entries()) {
    const id = idOf(200 + index)
    await send('POST', keysOf('tested'), { id, name: `tested-${index}`, value, models: index === 0 ? ['*'] : ['gpt-4o'] })
    await send('POST', `${keyAt('tested', id)}/refresh-models`)
    await send('GET', keyAt('tested', id))
  }
  await send('POST', `${at('tested')}/refresh-models/`)
  await send('GET', at('tested'))
  for (const list of ['/api/models', '/api/models/details', '/api/models/base'])
    for (const query of [
      '',
      '?limit=1',
      '?limit=0',
      '?limit=1&offset=1',
      '?query=mini',
      '?query=4o',
      '?provider=tested',
      '?provider=nobody',
    ])
      await send('GET', `${list}${query}`)
  for (const query of [`?keys=${idOf(200)}`, `?keys=${idOf(201)}`, `?keys=${idOf(999)}`, '?unfiltered=true'])
    await send('GET', `/api/models${query}`)
  for (const query of ['', '?model=', '?model=gpt-4o']) await send('GET', `/api/models/parameters${query}`)
  for (const path of [
    `${at('nobody')}/refresh-models`,
    `${keyAt('tested', idOf(999))}/refresh-models`,
    `${keyAt('tested', 'x')}/refresh-models`,
  ])
    await send('POST', path)
  await send('DELETE', at('tested'))
  await send('POST', ALL, {
    provider: 'keyless',
    network_config: { base_url: upstream },
    custom_provider_config: { ...custom_provider_config, is_key_less: true },
  })
  await send('POST', `${at('keyless')}/refresh-models`)
  await send('DELETE', at('keyless'))
}

async function doors({ send, viewer }: Player): Promise<void> {
  await send('GET', '/api/openapi.json')
  const routes = [
    ...([
      ['GET', ALL],
      ['POST', ALL],
      ['PUT', at('a')],
      ['DELETE', at('a')],
      ['POST', keysOf('a')],
      ['GET', '/api/keys'],
    ] as const),
    ...([
      ['PUT', keyAt('a', idOf(1))],
      ['DELETE', keyAt('a', idOf(1))],
      ['POST', `${at('a')}/refresh-models`],
      ['GET', '/api/models'],
    ] as const),
  ]
  for (const token of [null, 'gw_wrong', viewer])
    for (const [method, path] of routes) await send(method, path, method === 'POST' || method === 'PUT' ? {} : undefined, { token })
  for (const [method, path] of [
    ['PUT', ALL],
    ['PATCH', at('a')],
    ['PUT', '/api/keys'],
    ['GET', `${at('a')}/refresh-models`],
  ] as const)
    await send(method, path)
  for (const path of ['', '/api', '/api/provider', `${at('a')}/other`, '/api/config', '/api/version', `${ALL}//`]) await send('GET', path)
  await send('POST', ALL, { provider: 'large', other: 'x'.repeat(1_100_000) })
  await send('POST', ALL, { provider: 'zipped' }, { headers: { 'content-encoding': 'gzip' } })
  await send('POST', ALL, '['.repeat(2_000))
  await send('GET', '/api/providers/%E0%A4%A')
  await send('GET', ALL)
}
