import { field, GOOD_KEY, LIMITED_KEY, type Player } from '../../support/recording.ts'

const ALL = '/api/v2/ai/providers'
const at = (idOrName: string) => `${ALL}/${idOrName}`
const UNKNOWN = '00000000-0000-4000-8000-00000000000f'
const TYPES = ['anthropic', 'azure', 'copilot', 'google', 'openai', 'openai-compat', 'openrouter', 'vercel'] as const
const ROLE = 'arn:aws:iam::123456789012:role/BedrockRole'
const bedrock = (fields: object = {}) => ({ _type: 'bedrock', _version: 1, ...fields })
const provider = (fields: object = {}) => ({ type: 'openai', name: 'refused', base_url: 'https://api.example.com/v1', ...fields })

/** Some 300 requests of clients of Coder's API: every route, what they may send, and what is refused. */
export async function playCoder(player: Player): Promise<void> {
  await typesAndReads(player)
  await refusedCreates(player)
  await patches(player)
  await keySets(player)
  await bedrockSettings(player)
  await tags(player)
  await connectionTests(player)
  await doors(player)
}

async function typesAndReads({ send }: Player): Promise<void> {
  await send('GET', ALL)
  for (const type of TYPES) {
    const api_keys = type === 'copilot' ? [] : [`sk-ant-${type}-fixture-key-aaaa`, `sk-ant-${type}-fixture-key-bbbb`]
    const made = await send('POST', ALL, {
      type,
      name: `type-${type}`,
      base_url: `https://${type}.example.com/v1`,
      api_keys,
      enabled: true,
    })
    await send('GET', at(`type-${type}`))
    await send('GET', at(field(made, 'id')))
    await send('GET', at(field(made, 'id').toUpperCase()))
    await send('GET', at(`urn:uuid:${field(made, 'id')}`))
    await send('GET', at(field(made, 'id').replaceAll('-', '')))
  }
  await send('GET', ALL)
  await send('GET', `${ALL}/`)
  for (const name of ['nobody', UNKNOWN, 'No-Name', 'a_b', '-a', 'a--b', '%00', 'x'.repeat(200)]) await send('GET', at(name))
  for (const type of TYPES) await send('DELETE', at(`type-${type}`))
  for (const type of TYPES) await send('GET', at(`type-${type}`))
  await send('GET', ALL)
}

async function refusedCreates({ send }: Player): Promise<void> {
  const bodies: unknown[] = [
    '',
    '{',
    '[]',
    'null',
    '{} trailing',
    '{"TYPE":"openai","Name":"cased","BASE_URL":"https://cased.example.com"}',
    ...[null, '', 'nothing', 'OPENAI', 5].map((type) => provider({ type })),
    ...[null, '', 'Upper', 'a_b', '-a', 'a-', 'a--b', 'ü', 'x'.repeat(65), 'x'.repeat(5_000), 5].map((name) => provider({ name })),
    ...[
      null,
      '',
      'relative/path',
      'ftp://x.example',
      'https://',
      'http://169.254.169.254/',
      'https://u:p@x.example',
      'https://x.example#f',
      5,
    ].map((base_url) => provider({ base_url })),
    ...['x'.repeat(3_000), 'a\u0000b', 5].map((display_name) => provider({ display_name })),
    ...['x'.repeat(9_000), 5].map((icon) => provider({ icon })),
    ...[[''], [' k'], ['k '], [null], ['a', ''], 'text', [5], Array.from({ length: 101 }, (_, index) => `sk-many-${index}`)].map(
      (api_keys) => provider({ api_keys }),
    ),
    ...[true, 'yes', 1].map((enabled) => provider({ enabled, type: 'none' })),
    provider({ type: 'copilot', api_keys: ['k'] }),
    provider({ type: 'bedrock', api_keys: ['k'], settings: bedrock({ region: 'us-east-1' }) }),
    provider({ type: 'nothing', name: 'A b', base_url: 'x', api_keys: [''] }),
    provider({ name: 'A b', base_url: 'x', api_keys: ['', ' '] }),
  ]
  for (const body of bodies) await send('POST', ALL, body)
  await send('DELETE', at('cased'))
  await send('DELETE', at('refused'))
  await send('POST', ALL, provider({ name: 'twice' }))
  await send('POST', ALL, provider({ name: 'twice' }))
  await send('DELETE', at('twice'))
}

async function patches({ send }: Player): Promise<void> {
  const made = await send(
    'POST',
    ALL,
    provider({ name: 'patched', display_name: 'Patched', icon: '🦉', api_keys: ['sk-patched-fixture-0001'] }),
  )
  const bodies: unknown[] = [
    ...['', '{', '{}', '[]', 'null'],
    ...['Shown', '', null, 'x'.repeat(3_000)].map((display_name) => ({ display_name })),
    ...['https://icons.example.com/a.png', '', null].map((icon) => ({ icon })),
    ...[true, false, null, 'yes'].map((enabled) => ({ enabled })),
    ...['https://other.example.com/v1', '', null, 'x', 'http://169.254.1.1', 'https://other.example.com/v1/'].map((base_url) => ({
      base_url,
    })),
    { name: 'renamed' },
    { type: 'anthropic' },
    { settings: null },
    { settings: bedrock({ region: 'us-east-1' }) },
    { display_name: 'Both', base_url: 'no', api_keys: [{}] },
    { unknown_field: 1 },
  ]
  for (const body of bodies) await send('PATCH', at('patched'), body)
  await send('GET', at(field(made, 'id')))
  await send('PATCH', at('nobody'), { enabled: true })
  await send('PATCH', at(UNKNOWN), { enabled: true })
  await send('PATCH', at('A_b'), { enabled: true })
  await send('DELETE', at('nobody'))
  await send('DELETE', at(field(made, 'id')))
  await send('DELETE', at(field(made, 'id')))
}

async function keySets({ send }: Player): Promise<void> {
  const api_keys = ['sk-first-fixture-key-aaaa', 'sk-second-fixture-key-bbbb', 'sk-third-fixture-key-cccc']
  const made = await send('POST', ALL, provider({ name: 'keyed', api_keys }))
  const ids = [0, 1, 2].map((index) => field(made, 'api_keys', index, 'id'))
  const [first = '', second = '', third = ''] = ids
  const sets: unknown[] = [
    null,
    ids.map((id) => ({ id })),
    [{ id: third }, { id: first }, { api_key: 'sk-fourth-fixture-key-dddd' }],
    [{ id: second }],
    [{ id: first }, { id: first }],
    [{ id: first }, { id: first.toUpperCase() }, { id: first }],
    [{ id: first, api_key: 'k' }],
    [{}, null, { api_key: '' }, { api_key: ' k' }],
    [{ id: UNKNOWN }],
    [{ id: 'no-uuid' }],
    [{ id: `urn:uuid:${first}` }, { id: `{${third}}` }],
    [{ api_key: 'sk-f...dddd' }],
    [{ api_key: 'sk-fixture****key' }],
    [{ api_key: '********' }],
    [{ api_key: '...' }],
    [{ api_key: 'k' }],
    [{ api_key: 'sk-new-fixture-key-eeee' }, { api_key: 'sk-new-fixture-key-eeee' }],
    [],
    [{ api_key: 'sk-last-fixture-key-ffff' }],
    Array.from({ length: 101 }, (_, index) => ({ api_key: `sk-many-${index}` })),
    'text',
    {},
  ]
  for (const set of sets) await send('PATCH', at('keyed'), { api_keys: set })
  await send('GET', at('keyed'))
  for (const key of [
    'k',
    'short',
    'twelve-chars',
    'sk-sixteen-chars',
    'ключ-из-букв-0001',
    'a'.repeat(100),
    'sk-...abcd',
    'with space inside',
  ])
    await send('PATCH', at('keyed'), { api_keys: [{ api_key: key }] })
  await send('PATCH', at('keyed'), { base_url: 'https://moved.example.com/v1' })
  await send('POST', ALL, provider({ name: 'masks', api_keys: ['sk-p...0001'] }))
  await send('DELETE', at('keyed'))
  await send('DELETE', at('masks'))
  await send('POST', ALL, provider({ name: 'github', type: 'copilot' }))
  await send('PATCH', at('github'), { api_keys: [{ api_key: 'k' }] })
  await send('PATCH', at('github'), { api_keys: [] })
  await send('DELETE', at('github'))
}

async function bedrockSettings({ send }: Player): Promise<void> {
  const aws = (name: string, settings: unknown) => provider({ name, type: 'bedrock', settings })
  const settings: unknown[] = [
    null,
    {},
    'bedrock',
    [],
    { _type: '', _version: 1 },
    { _type: 'wif', _version: 1 },
    { _type: 'bedrock' },
    { _type: 'bedrock', _version: 99 },
    { _type: 'bedrock', _version: '1' },
    bedrock({ region: 1 }),
    bedrock({ region: '' }),
    bedrock({ region: 'us-east-1' }),
    bedrock({ region: 'us-east-1', model: 'big', small_fast_model: 'small' }),
    bedrock({ region: 'us-east-1', access_key: 'AKIAIOSFODNN7EXAMPLE' }),
    bedrock({ region: 'us-east-1', access_key_secret: 'a-fixture-secret-access-key' }),
    bedrock({ region: 'us-east-1', role_arn: 'no-arn' }),
    bedrock({ region: 'us-east-1', role_arn: ROLE, external_id: 'chosen' }),
    bedrock({ region: 'us-east-1', protocol: 'mantle' }),
    bedrock({ access_key: 'AKIAIOSFODNN7EXAMPLE', access_key_secret: 'a-fixture-secret-access-key' }),
  ]
  for (const [index, given] of settings.entries()) await send('POST', ALL, aws(`aws-${index}`, given))
  await send('POST', ALL, provider({ name: 'no-aws', settings: bedrock({ region: 'us-east-1' }) }))
  await send(
    'POST',
    ALL,
    aws('aws', bedrock({ region: 'us-east-1', access_key: 'AKIAIOSFODNN7EXAMPLE', access_key_secret: 'a-fixture-secret-key' })),
  )
  const changes = [
    bedrock({ region: 'eu-west-1' }),
    bedrock({ region: 'eu-west-1', access_key: '', access_key_secret: '' }),
    bedrock({ region: 'eu-west-1', access_key: 'AKIAIOSFODNN7EXAMPLF', access_key_secret: 'another-fixture-secret' }),
    bedrock({ region: 'eu-west-1', role_arn: ROLE }),
    bedrock({ region: 'eu-west-1', role_arn: ROLE, external_id: 'other' }),
    bedrock({ region: 'eu-west-1', role_arn: '' }),
    bedrock({ region: '', model: 'only' }),
    bedrock(),
  ]
  for (const change of changes) await send('PATCH', at('aws'), { settings: change })
  await send('PATCH', at('aws'), { api_keys: [{ api_key: 'k' }] })
  await send('PATCH', at('aws'), { api_keys: [] })
  await send('PATCH', at('aws'), { base_url: 'https://bedrock.example.com' })
  await send('POST', `${at('aws')}/test`)
  await send('GET', ALL)
  for (const name of ['aws', 'no-aws', ...settings.map((_, index) => `aws-${index}`)]) await send('DELETE', at(name))
}

async function tags({ send }: Player): Promise<void> {
  const made = await send('POST', ALL, provider({ name: 'tagged' }))
  const id = field(made, 'id')
  for (const tag of ['*', `"${id}.1"`, `"${id}.9"`, `W/"${id}.2"`, '"x"', '', `"${UNKNOWN}.2"`, `"${id}.2", "${id}.1"`])
    await send('PATCH', at('tagged'), { icon: tag }, { headers: { 'if-match': tag } })
  await send('DELETE', at('tagged'), undefined, { headers: { 'if-match': `"${id}.99"` } })
  await send('DELETE', at('tagged'), undefined, { headers: { 'if-match': '*' } })
}

async function connectionTests({ send, upstream }: Player): Promise<void> {
  const sets = [[GOOD_KEY], [GOOD_KEY, 'sk-wrong-fixture-0123456789'], [LIMITED_KEY], ['sk-wrong-fixture-0123456789'], []]
  for (const [index, api_keys] of sets.entries()) {
    const name = `tested-${index}`
    await send('POST', ALL, { type: 'openai-compat', name, base_url: upstream, api_keys, enabled: index % 2 === 0 })
    await send('POST', `${at(name)}/test`)
    await send('GET', at(name))
    await send('DELETE', at(name))
  }
  await send('POST', ALL, provider({ name: 'dead', base_url: 'http://127.0.0.1:9', api_keys: [GOOD_KEY] }))
  await send('POST', `${at('dead')}/test`)
  await send('DELETE', at('dead'))
  for (const name of ['nobody', UNKNOWN, 'A_b']) await send('POST', `${at(name)}/test`)
}

/** Roles, methods, paths, sizes. */
async function doors({ send, viewer }: Player): Promise<void> {
  await send('GET', '/api/v2/openapi.json')
  for (const token of [null, 'gw_wrong', 'x'.repeat(500)])
    for (const [method, path] of [
      ['GET', ALL],
      ['POST', ALL],
      ['PATCH', at('a')],
      ['DELETE', at('a')],
    ] as const)
      await send(method, path, method === 'POST' || method === 'PATCH' ? '{' : undefined, { token })
  for (const [method, path] of [
    ['GET', ALL],
    ['GET', at('a')],
    ['POST', ALL],
    ['PATCH', at('a')],
    ['DELETE', at('a')],
    ['POST', `${at('a')}/test`],
  ] as const)
    await send(method, path, method === 'PATCH' || method === 'POST' ? {} : undefined, { token: viewer })
  for (const [method, path] of [
    ['PUT', ALL],
    ['PATCH', ALL],
    ['DELETE', ALL],
    ['PUT', at('a')],
    ['POST', at('a')],
    ['GET', `${at('a')}/test`],
  ] as const)
    await send(method, path)
  for (const path of ['/api/v2', '/api/v2/ai', '/api/v2/ai/provider', `${at('a')}/keys`, '/api/v3/ai/providers', `${ALL}//`])
    await send('GET', path)
  await send('POST', ALL, provider({ icon: 'x'.repeat(4_200_000) }))
  await send('POST', ALL, provider({ name: 'zipped' }), { headers: { 'content-encoding': 'gzip' } })
  await send('POST', ALL, '['.repeat(100))
  await send('POST', ALL, provider({ name: 'typed' }), { headers: { 'content-type': 'text/plain' } })
  await send('GET', ALL)
}
