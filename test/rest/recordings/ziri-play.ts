import { GOOD_KEY, LIMITED_KEY, type Player } from '../../support/recording.ts'

const ALL = '/api/providers'
const at = (name: string) => `${ALL}/${name}`
const KEY = 'a-key-0123456789'
const upsert = (fields: object) => ({ name: 'refused', apiKey: KEY, ...fields })
const TEMPLATES = [
  'openai',
  'anthropic',
  'google',
  'xai',
  'mistral',
  'moonshot',
  'deepseek',
  'dashscope',
  'openrouter',
  'groq',
  'azure',
  'bedrock',
  'vercel',
]
const LONG_LISTS = [
  ...['', '?limit=2', '?limit=2&offset=2', '?offset=4', '?limit=0', '?offset=99', '?limit=-1', '?limit=abc', '?limit=2.7', '?limit=501'],
  ...['?sortBy=name', '?sortBy=name&sortOrder=desc', '?sortBy=displayName', '?sortBy=baseUrl', '?sortBy=apiKey', '?sortBy[]=name'],
  ...['?search=open', '?search=OPEN', '?search=example.com', '?search=%25', '?search=_', '?search=key', '?search=', '?search=nobody'],
  ...['?search=a&search=b', '?limit=1&limit=3', '?sortBy=constructor', '?search=%00', '?search=open&limit=1&offset=1&sortBy=name'],
]

/** Some 300 requests of clients of ZIRI's API: every route, what they may send, and what is refused. */
export async function playZiri(player: Player): Promise<void> {
  await templates(player)
  await upserts(player)
  await refusedUpserts(player)
  await updates(player)
  await masks(player)
  await connectionTests(player)
  await doors(player)
}

async function templates({ send }: Player): Promise<void> {
  await send('GET', ALL)
  for (const name of TEMPLATES) {
    const apiKey = name === 'anthropic' ? 'sk-ant-template-key' : 'sk-template-key-0001'
    await send('POST', ALL, { name, apiKey })
    await send('GET', at(name))
    await send('GET', `${at(name.toUpperCase())}/`)
  }
  for (const query of LONG_LISTS.filter((query) => !query.includes('created'))) {
    const isOrdered = query.includes('sortBy=name') || query.includes('sortBy=displayName') || query.includes('sortBy=baseUrl')
    await send('GET', `${ALL}${isOrdered ? query : `${query}${query === '' ? '?' : '&'}sortBy=name`}`)
  }
  for (const name of ['nobody', 'a_b', '-a', '%00', 'x'.repeat(200)]) await send('GET', at(name))
  for (const name of TEMPLATES) await send('DELETE', at(name))
  for (const name of ['nobody', 'a_b', 'openai']) await send('DELETE', at(name))
}

async function upserts({ send }: Player): Promise<void> {
  const metadata = [
    undefined,
    null,
    {},
    { displayName: 'Mine', baseUrl: 'https://a.example.com' },
    { displayName: 'Other' },
    { baseUrl: 'https://b.example.com' },
    { displayName: null },
    { displayName: '' },
    { baseUrl: null },
    { baseUrl: '' },
    { baseUrl: 'https://c.example.com/v1/' },
    { team: 'a', nested: { b: [1, null] } },
    { team: null, owner: 'c' },
    { id: 'x', name: 'x', createdAt: 'x', enabled: 'x', models: ['x'] },
    { number: 1.5, big: 2 ** 60, flag: true },
  ]
  for (const name of ['mine', 'mistral'])
    for (const given of metadata) {
      await send('POST', ALL, { name, apiKey: 'sk-upsert-fixture-0001', ...(given === undefined ? {} : { metadata: given }) })
      await send('GET', at(name))
    }
  await send('POST', ALL, { name: 'MINE', apiKey: 'sk-upper-fixture-0001' })
  await send(
    'POST',
    ALL,
    `{"name":"proto","apiKey":"${KEY}","metadata":{"__proto__":{"a":1},"constructor":{"a":1},"fine":{"__proto__":2}}}`,
  )
  for (const name of ['mine', 'mistral', 'proto']) await send('DELETE', at(name))
}

async function refusedUpserts({ send }: Player): Promise<void> {
  const secret = 'sk-0123456789-very-secret-0123456789'
  const bodies: unknown[] = [
    ...['', '{', '[]', '{}', 'null', '"text"', '5'],
    ...[undefined, null, '', 5, 'a b', 'a/b', 'a_b', 'ünïcode', 'x'.repeat(65), 'x'.repeat(5_000)].map((name) => upsert({ name })),
    ...[undefined, null, '', '123456789', '          ', '  0123456789', 'a\r\nX-Evil: 1', 5, 0, ['0123456789'], 'schlüssel-0123456789'].map(
      (apiKey) => upsert({ apiKey }),
    ),
    ...['pk-0123456789', 'sk-', 'sk-ant-'].map((apiKey) => upsert({ name: 'openai', apiKey })),
    ...['sk-0123456789', 'sk-ant-'].map((apiKey) => upsert({ name: 'anthropic', apiKey })),
    ...['text', [], 5, { displayName: 5 }, { baseUrl: {} }, { baseUrl: 'no url' }, { baseUrl: 'http://169.254.169.254/' }].map((metadata) =>
      upsert({ metadata }),
    ),
    ...[
      { displayName: 'x'.repeat(3_000) },
      { baseUrl: 'https://user:word@a.example.com' },
      { note: 'x'.repeat(70_000) },
      { note: 'a\u0000b' },
    ].map((metadata) => upsert({ metadata })),
    ...[{ note: secret }, { nested: [{ deep: `Bearer ${secret}` }] }, { displayName: secret }].map((metadata) =>
      upsert({ apiKey: secret, metadata }),
    ),
    ...['1e999', '9'.repeat(400)].map((number) => `{"name":"refused","apiKey":"${KEY}","metadata":{"n":${number}}}`),
    ...['http://10.0.0.1', 'http://127.0.0.1:9', 'ftp://x.example', 'https://x.example/?a=b', 'https://x.example#f'].map((baseUrl) =>
      upsert({ metadata: { baseUrl } }),
    ),
  ]
  for (const body of bodies) await send('POST', ALL, body)
  await send('DELETE', at('refused'))
  await send('DELETE', at('openai'))
  await send('DELETE', at('anthropic'))
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'application/json; charset=utf-8'])
    await send('POST', ALL, upsert({ name: 'typed' }), { headers: { 'content-type': type } })
  await send('DELETE', at('typed'))
  await send('GET', `${ALL}?sortBy=name`)
}

async function updates({ send }: Player): Promise<void> {
  await send('POST', ALL, { name: 'updated', apiKey: KEY, metadata: { baseUrl: 'https://a.example.com', displayName: 'First', team: 'a' } })
  const bodies: unknown[] = [
    ...['', '{', '[]', '{}', 'null'],
    ...['Second', '', null, 5, 'x'.repeat(3_000)].map((displayName) => ({ displayName })),
    ...['b-key-0123456789', '', null, 'short', 5, '  0123456789'].map((apiKey) => ({ apiKey })),
    { apiKey: 'c-key-0123456789', displayName: 'Third' },
    { apiKey: 'sk-0123456789-secret-0123', displayName: 'Mine sk-0123456789-secret-0123' },
    { metadata: { team: 'b' } },
    { other: 1 },
  ]
  for (const body of bodies) {
    await send('PUT', at('updated'), body)
    await send('PUT', at('nobody'), body)
  }
  await send('PUT', at('UPDATED'), { displayName: 'Upper' })
  await send('PUT', at('a_b'), { displayName: 'x' })
  await send('GET', at('updated'))
  await send('DELETE', at('updated'))
}

async function masks({ send }: Player): Promise<void> {
  await send('POST', ALL, { name: 'masked', apiKey: 'sk-masked-fixture-0001', metadata: { baseUrl: 'https://a.example.com' } })
  for (const mask of ['sk-m...0001', 's...1', 'sk-masked****0001', '**********', '............', 'env:SOME_KEY_NAME']) {
    await send('POST', ALL, { name: 'masked', apiKey: mask })
    await send('PUT', at('masked'), { apiKey: mask })
  }
  await send('DELETE', at('masked'))
}

async function connectionTests({ send, upstream }: Player): Promise<void> {
  const keys = [GOOD_KEY, LIMITED_KEY, 'sk-wrong-fixture-0123456789']
  for (const [index, apiKey] of keys.entries()) {
    await send('POST', ALL, { name: `tested-${index}`, apiKey, metadata: { baseUrl: upstream } })
    await send('POST', `${at(`tested-${index}`)}/test`)
    await send('GET', at(`tested-${index}`))
    await send('DELETE', at(`tested-${index}`))
  }
  await send('POST', ALL, { name: 'dead', apiKey: KEY, metadata: { baseUrl: 'http://127.0.0.1:9' } })
  await send('POST', `${at('dead')}/test/`)
  await send('POST', ALL, { name: 'nowhere', apiKey: KEY })
  await send('POST', `${at('nowhere')}/test`)
  for (const name of ['nobody', 'a_b']) await send('POST', `${at(name)}/test`)
  await send('DELETE', at('dead'))
  await send('DELETE', at('nowhere'))
}

async function doors({ send, viewer }: Player): Promise<void> {
  await send('GET', '/api/openapi.json')
  const routes = [
    ['GET', ALL],
    ['POST', ALL],
    ['GET', at('a')],
    ['PUT', at('a')],
    ['DELETE', at('a')],
    ['POST', `${at('a')}/test`],
  ] as const
  for (const token of [null, 'gw_wrong', viewer])
    for (const [method, path] of routes) await send(method, path, method === 'POST' || method === 'PUT' ? {} : undefined, { token })
  for (const [method, path] of [
    ['PATCH', ALL],
    ['DELETE', ALL],
    ['PATCH', at('a')],
    ['POST', at('a')],
    ['GET', `${at('a')}/test`],
  ] as const)
    await send(method, path)
  for (const path of ['', '/api', '/api/provider', `${at('a')}/keys`, `${ALL}//`]) await send('GET', path)
  await send('POST', ALL, upsert({ apiKey: 'x'.repeat(110_000) }))
  await send('POST', ALL, upsert({ name: 'zipped' }), { headers: { 'content-encoding': 'gzip' } })
  await send('POST', ALL, '['.repeat(2_000))
  await send('GET', ALL)
}
