import { GOOD_KEY, LIMITED_KEY, type Player } from '../../support/recording.ts'

const ALL = '/api/providers'
const at = (name: string) => `${ALL}/${name}`
const keysOf = (name: string) => `${at(name)}/keys`
const keyAt = (name: string, id: string) => `${keysOf(name)}/${id}`
const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const SIZES = { concurrency_and_buffer_size: { concurrency: 10, buffer_size: 100 } }
/** It lists no models, so no key of it is tested. */
const UNLISTED = { base_provider_type: 'openai', allowed_requests: {} }
const quiet = (fields: object = {}) => ({ network_config: { base_url: 'https://x.invalid' }, custom_provider_config: UNLISTED, ...fields })
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
  await keys(player)
  await keyFaults(player)
  await vendorKeys(player)
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

async function keys({ send }: Player): Promise<void> {
  await send('POST', ALL, { provider: 'keyed', ...quiet() })
  const post = (number: number, fields: object) =>
    send('POST', keysOf('keyed'), { id: idOf(number), value: `sk-keyed-fixture-${number}-0001`, ...fields })
  await post(1, { name: 'one', models: ['*'], weight: 1 })
  await post(2, { name: 'two', models: ['a', 'b'], blacklisted_models: ['c'], weight: 0.5, enabled: false, use_for_batch_api: true })
  await post(3, {})
  await post(4, { name: 'aliased', aliases: { quick: 'gpt-4o-mini', slow: { model_id: 'gpt-4o' } }, use_anthropic_endpoints: true })
  await post(5, { name: 'one' })
  await post(1, { name: 'same-id' })
  await send('POST', keysOf('keyed'), { id: idOf(6), name: 'variable', value: 'env.NOT_ALLOWED_HERE' })
  await send('POST', keysOf('keyed'), { id: idOf(7), name: 'allowed', value: 'env.PLAYED_KEY' })
  await send('POST', keysOf('keyed'), {
    id: idOf(8),
    name: 'object',
    value: { value: 'sk-object-fixture-0008', type: 'plain_text', env_var: '', from_env: false },
  })
  await send('GET', keysOf('keyed'))
  await send('GET', '/api/keys')
  for (const number of [1, 2, 7, 8, 99]) await send('GET', keyAt('keyed', idOf(number)))
  await send('GET', keyAt('keyed', 'no-uuid'))
  const kept = { value: 'sk-keyed-fixture-1-0001', name: 'one', models: ['*'], weight: 1 }
  const bodies: unknown[] = [
    kept,
    { ...kept, weight: 2 },
    { ...kept, models: [] },
    { ...kept, models: undefined },
    { ...kept, value: 'sk-k************************0001' },
    { ...kept, value: '********' },
    { ...kept, value: '<REDACTED>' },
    { ...kept, value: undefined },
    { ...kept, value: '' },
    { ...kept, enabled: false },
    { ...kept, enabled: undefined },
    { ...kept, name: 'renamed' },
    { ...kept, name: undefined },
    { ...kept, name: 'two' },
    { ...kept, id: idOf(50) },
    { ...kept, value: 'env.PLAYED_KEY' },
    { ...kept, value: 'sk-rotated-fixture-0001' },
    '{',
    'null',
    {},
  ]
  for (const body of bodies) {
    await send('PUT', keyAt('keyed', idOf(1)), body)
    await send('GET', keyAt('keyed', idOf(1)))
  }
  await send('PUT', keyAt('keyed', idOf(99)), kept)
  await send('PUT', keyAt('nobody', idOf(1)), kept)
  await send('PUT', at('keyed'), { ...quiet(SIZES), network_config: { base_url: 'https://moved.invalid' } })
  await send('DELETE', keyAt('keyed', idOf(2)))
  await send('DELETE', keyAt('keyed', idOf(2)))
  await send('DELETE', keyAt('nobody', idOf(2)))
  await send('GET', keysOf('keyed'))
  await send('DELETE', at('keyed'))
  await send('POST', ALL, {
    provider: 'keyless',
    network_config: { base_url: 'https://x.invalid' },
    custom_provider_config: { ...UNLISTED, is_key_less: true },
  })
  await send('POST', keysOf('keyless'), { value: 'sk-x' })
  await send('GET', keysOf('keyless'))
  await send('PUT', keyAt('keyless', idOf(1)), kept)
  await send('DELETE', keyAt('keyless', idOf(1)))
  await send('DELETE', at('keyless'))
}

async function keyFaults({ send }: Player): Promise<void> {
  await send('POST', ALL, { provider: 'faulty', ...quiet() })
  const value = 'sk-faulty-fixture-0001'
  const bodies: unknown[] = [
    '[',
    'null',
    {},
    { value: 1 },
    { value, weight: -1 },
    { value, weight: 1e308 },
    { value, id: 'one' },
    { value: { value: '', type: 'plain_text' } },
    { value, blacklisted_models: ['*', 'a'] },
    { value, blacklisted_models: ['a', 'A'] },
    { value, models: ['*', 'a'] },
    { value, models: ['a', 'A'] },
    { value, models: 'a' },
    { value, aliases: { a: ' ' } },
    { value, aliases: { a: { region: 'x' } } },
    { value, aliases: { ' ': 'a' } },
    { value, aliases: { ' a': 'x' } },
    { value, aliases: { a: 'x', A: 'y' } },
    { value, aliases: { a: { model_id: 'x', inference_profile_arn: 'arn' } } },
    { value: 'vault.path' },
    { value: '********' },
    { value: ' sk-blank' },
    { value: 'sk-not-\u0000-printable' },
    { value: 'x'.repeat(20_000) },
    { value, name: 'x'.repeat(3_000) },
    { value, bedrock_key_config: { endpoints: { runtime: 5 } } },
    { value, azure_key_config: { unknown: 1 } },
  ]
  for (const body of bodies) await send('POST', keysOf('faulty'), body)
  await send('POST', keysOf('nobody'), { value })
  await send('GET', keysOf('nobody'))
  await send('DELETE', at('faulty'))
}

async function vendorKeys({ send }: Player): Promise<void> {
  const configs: readonly [string, object][] = [
    [
      'azure',
      {
        endpoint: 'https://a.example.com',
        client_id: 'client-id-fixture',
        client_secret: 'client-fixture-secret',
        tenant_id: 'tenant-fixture',
      },
    ],
    ['bedrock', { region: 'us-east-1', access_key: 'AKIAIOSFODNN7EXAMPLE', secret_key: 'a-fixture-secret-access-key' }],
    ['vertex', { project_id: 'project', region: 'europe-west1', auth_credentials: '{"fixture":"credentials"}' }],
    ['vllm', { url: 'http://127.0.0.1:9', model_name: 'llama' }],
    ['ollama', { url: 'http://127.0.0.1:9' }],
    ['sgl', { url: 'http://127.0.0.1:9' }],
    ['replicate', { use_deployments_endpoint: true }],
  ]
  for (const [index, [name, config]] of configs.entries()) {
    const id = idOf(100 + index)
    await send('PUT', at(name), SIZES)
    await send('POST', keysOf(name), { value: 'sk-vendor-fixture' })
    const body = { id, value: 'sk-vendor-fixture-0001', enabled: false, [`${name}_key_config`]: config }
    const made = await send('POST', keysOf(name), body)
    await send('GET', keyAt(name, id))
    if (made.status === 200) await send('PUT', keyAt(name, id), JSON.parse(made.text))
    await send('PUT', keyAt(name, id), { ...body, [`${name}_key_config`]: { ...config, region: 'eu-west-1' } })
    await send('PUT', keyAt(name, id), { ...body, [`${name}_key_config`]: undefined })
    await send('GET', at(name))
    await send('DELETE', keyAt(name, id))
    await send('DELETE', at(name))
  }
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
