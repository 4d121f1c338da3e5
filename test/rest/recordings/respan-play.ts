import { GOOD_KEY, type Player } from '../../support/recording.ts'

const ALL = '/api/providers/'
const at = (id: string) => `${ALL}${id}/`
const KEY = 'key-0123456789-0123456789'
const provider = (fields: object = {}) => ({ provider_id: 'refused', provider_name: 'Refused', api_key: KEY, ...fields })

const WRONG_NAMES = [null, '', '   ', 5, [], 'x'.repeat(3_000), 'a\u0000b']
const WRONG_KEYS = [5, [], {}, 'a b\r\nc', 'ключ', '  padded-key-0123456789  ', 'k', 'x'.repeat(20_000)]
const MASKS = ['key-...6789', 'k...9', '...', '****', 'key-****6789', '********', 'env:SOME_KEY_NAME']
const KWARGS: readonly unknown[] = [
  null,
  {},
  { base_url: 'https://a.example.com' },
  { base_url: 'https://b.example.com/v1/', timeout: 5, headers: { 'X-Team': 'core' } },
  { base_url: null, headers: null },
  { base_url: '' },
  { base_url: 'no url' },
  { base_url: 'http://169.254.169.254' },
  { base_url: 'http://127.0.0.1:9' },
  { base_url: 'http://10.0.0.1' },
  { base_url: 'https://u:p@a.example.com' },
  { base_url: 5 },
  { timeout: 0 },
  { timeout: 601 },
  { timeout: '5' },
  { timeout: 0.5 },
  { timeout: null },
  { headers: { Authorization: 'Bearer header-fixture-secret' } },
  { headers: { 'X-Number': 5 } },
  { headers: [] },
  { headers: { 'bad name': 'x' } },
  { headers: { Host: 'x.example' } },
  { api_key: 'kwargs-key-0123456789-0123' },
  { api_key: '' },
  { api_key: null },
  { api_key: 5 },
  { temperature: 0.5, nested: { a: [1, null] } },
  { aws_secret_access_key: 'a-fixture-secret' },
  { big: 'x'.repeat(70_000) },
  'text',
  [],
  5,
]

/** Some 300 requests of clients of Respan's API: every route, what they may send, and what is refused. */
export async function playRespan(player: Player): Promise<void> {
  await reads(player)
  await creates(player)
  await changes(player, 'PATCH')
  await changes(player, 'PUT')
  await masks(player)
  await elsewhere(player)
  await doors(player)
}

async function reads({ send }: Player): Promise<void> {
  await send('GET', ALL)
  for (const id of ['openai', 'anthropic', 'gemini', 'azure', 'bedrock', 'Mine', 'own-vendor'])
    await send('POST', ALL, { provider_id: id, provider_name: `The ${id}`, api_key: KEY })
  for (const id of ['openai', 'OPENAI', 'mine', 'own-vendor', 'nobody', 'a_b', '%00', 'x'.repeat(200)]) {
    await send('GET', at(id))
    await send('GET', at(id).slice(0, -1))
  }
  for (const query of ['', '?page=2', '?limit=1', '?page_size=1&offset=5', '?search=open']) await send('GET', `${ALL}${query}`)
  await send('GET', ALL.slice(0, -1))
  for (const id of ['openai', 'anthropic', 'gemini', 'azure', 'bedrock', 'mine', 'own-vendor', 'openai', 'a_b'])
    await send('DELETE', at(id))
}

async function creates({ send }: Player): Promise<void> {
  for (const body of ['', '{', '[]', '{}', 'null', '"text"', '5', '{} x']) await send('POST', ALL, body)
  const ids = [undefined, null, '', '  ', 5, 'a b', 'a_b', 'ü', '-a', 'x'.repeat(65), 'x'.repeat(5_000), ' padded ']
  for (const provider_id of ids) await send('POST', ALL, provider({ provider_id }))
  for (const provider_name of WRONG_NAMES) await send('POST', ALL, provider({ provider_name }))
  for (const api_key of [undefined, null, '', ...WRONG_KEYS]) await send('POST', ALL, provider({ api_key }))
  for (const extra_kwargs of KWARGS) {
    await send('POST', ALL, provider({ provider_id: 'kwargs', extra_kwargs }))
    await send('GET', at('kwargs'))
  }
  for (const number of ['1e999', '9'.repeat(400)])
    await send('POST', ALL, `{"provider_id":"n","provider_name":"N","extra_kwargs":{"n":${number}}}`)
  await send(
    'POST',
    ALL,
    provider({ provider_id: 'twice', extra_kwargs: { api_key: 'other-key-0123456789', base_url: 'https://a.example.com' } }),
  )
  await send('POST', ALL, { provider_id: 'twice', provider_name: 'Again' })
  await send('POST', ALL, { provider_id: 'TWICE', provider_name: 'Upper', api_key: '' })
  await send('POST', ALL, { provider_id: 'a b', provider_name: '', api_key: 5, extra_kwargs: [] })
  for (const id of ['refused', 'padded', 'kwargs', 'n', 'twice']) await send('DELETE', at(id))
}

async function changes({ send }: Player, method: 'PATCH' | 'PUT'): Promise<void> {
  const base = { base_url: 'https://a.example.com' }
  await send('POST', ALL, provider({ provider_id: 'changed', extra_kwargs: base }))
  const named = method === 'PUT' ? { provider_name: 'Put' } : {}
  for (const body of ['', '{', '[]', '{}', 'null']) await send(method, at('changed'), body)
  for (const provider_name of ['Renamed', ...WRONG_NAMES]) await send(method, at('changed'), { provider_name })
  for (const api_key of ['other-key-0123456789-0123', '', null, ...WRONG_KEYS]) await send(method, at('changed'), { ...named, api_key })
  for (const extra_kwargs of KWARGS.slice(0, 16)) await send(method, at('changed'), { ...named, extra_kwargs })
  await send(method, at('changed'), { ...named, provider_id: 'elsewhere' })
  await send(method, at('changed'), { ...named, api_key: 'third-key-0123456789-0123', extra_kwargs: { ...base, temperature: 1 } })
  await send(method, at('CHANGED'), { ...named, provider_name: 'Upper' })
  await send(method, at('nobody'), { provider_name: 'x' })
  await send(method, at('a_b'), { provider_name: 'x' })
  await send('GET', at('changed'))
  await send('DELETE', at('changed'))
}

async function masks({ send }: Player): Promise<void> {
  const extra_kwargs = { base_url: 'https://a.example.com' }
  await send('POST', ALL, provider({ provider_id: 'masked', extra_kwargs }))
  for (const api_key of MASKS) {
    await send('POST', ALL, provider({ provider_id: 'masked', api_key }))
    await send('PATCH', at('masked'), { api_key })
    await send('PUT', at('masked'), { provider_name: 'x', api_key, extra_kwargs })
  }
  await send('DELETE', at('masked'))
}

/** Where a stored key would go along when its provider moves. */
async function elsewhere({ send, upstream }: Player): Promise<void> {
  await send('POST', ALL, provider({ provider_id: 'moving', api_key: GOOD_KEY, extra_kwargs: { base_url: upstream } }))
  await send('PATCH', at('moving'), { extra_kwargs: { base_url: 'https://elsewhere.example.com' } })
  await send('PATCH', at('moving'), { extra_kwargs: { base_url: upstream, headers: { 'X-Team': 'a' } } })
  await send('PATCH', at('moving'), { extra_kwargs: null })
  await send('DELETE', at('moving'))
}

async function doors({ send, viewer }: Player): Promise<void> {
  await send('GET', '/api/openapi.json')
  const routes = [
    ['GET', ALL],
    ['POST', ALL],
    ['GET', at('a')],
    ['PATCH', at('a')],
    ['PUT', at('a')],
    ['DELETE', at('a')],
  ] as const
  for (const token of [null, 'gw_wrong', viewer])
    for (const [method, path] of routes) await send(method, path, method === 'GET' || method === 'DELETE' ? undefined : {}, { token })
  for (const [method, path] of [
    ['PUT', ALL],
    ['DELETE', ALL],
    ['POST', at('a')],
  ] as const)
    await send(method, path)
  for (const path of ['', '/api', '/api/provider', `${at('a')}keys/`, `${ALL}/`]) await send('GET', path)
  await send('POST', ALL, provider({ provider_name: 'x'.repeat(3_000_000) }))
  await send('POST', ALL, provider({ provider_id: 'zipped' }), { headers: { 'content-encoding': 'gzip' } })
  await send('POST', ALL, provider({ provider_id: 'typed' }), { headers: { 'content-type': 'text/plain' } })
  await send('POST', ALL, '['.repeat(2_000))
  await send('GET', ALL)
}
