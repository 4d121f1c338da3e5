import { gzipSync } from 'node:zlib'
import { getIntrospectionQuery } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { writerOf } from '../support/providers.ts'
import { useGateway } from '../support/use.ts'

const lines: string[] = []
const gateway = useGateway({ log: (line) => void lines.push(line) })
beforeAll(async () => {
  const writer = writerOf(gateway)
  for (let index = 0; index < 3; index += 1) await writer.created({ apiKeys: [{ credential: { value: 'sk-limits-fixture-0001' } }] })
})

async function codesOf(query: string, variables: Record<string, unknown> = {}): Promise<string[]> {
  const { status, body } = await gateway.graphql(query, variables)
  expect(status).toBeLessThan(500)
  return body.errors?.map(({ extensions }) => extensions.code) ?? []
}

async function post(body: string | Buffer, headers: Record<string, string> = {}, method = 'POST', path = '/graphql') {
  const response = await gateway.fetch(path, {
    ...{ method, headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminToken}`, ...headers } },
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

const page = (providers: number, keys: number) =>
  `{ providers(first: ${providers}) { nodes { name apiKeys(first: ${keys}) { nodes { masked } } } } }`
const repeated = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, index) => part(index)).join(' ')

describe('a query that costs too much', () => {
  test('is judged by the objects that it can return', async () => {
    expect(await codesOf(page(100, 5))).toEqual([])
    expect(await codesOf(page(20, 90))).toEqual([])
    for (const query of [page(100, 100), page(100, 20), page(1_000_000, 20)]) expect(await codesOf(query)).toEqual(['QUERY_TOO_COMPLEX'])
  })

  test('is judged alike with variables, aliases, fragments, edges, and pages from the end', async () => {
    const KEYS = 'apiKeys(first: 100) { edges { node { masked } } }'
    for (const query of [
      `query { providers(last: 100) { edges { node { ${KEYS} } } } }`,
      `{ providers(first: 100) { ...P } } fragment P on ProviderConnection { nodes { ... on Provider { ${KEYS} } } }`,
      `{ providers(first: 15) { nodes { ${KEYS} b: ${KEYS} } } }`,
      `{ ${repeated(4, (index) => `a${index}: providers(first: 20) { nodes { apiKeys(first: 30) { nodes { masked } } } }`)} }`,
      `{ provider(by: { name: "x" }) { connectionTests(first: 100) { nodes { apiKey { provider { ${KEYS} } } } } } }`,
    ])
      expect([query, ...(await codesOf(query))]).toEqual([query, 'QUERY_TOO_COMPLEX'])
    const VARIABLE = 'query ($first: Int = 100) { providers(first: $first) { nodes { apiKeys(first: $first) { nodes { masked } } } } }'
    expect(await codesOf(VARIABLE)).toEqual(['QUERY_TOO_COMPLEX'])
    expect(await codesOf(VARIABLE, { first: 100 })).toEqual(['QUERY_TOO_COMPLEX'])
    expect(await codesOf(VARIABLE, { first: 5 })).toEqual([])
  })

  test('cannot hide in nodes(ids:): each id costs what one object costs', async () => {
    const { providers } = await gateway.ask<{ providers: { nodes: { id: string }[] } }>('{ providers(first: 1) { nodes { id } } }')
    const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Provider { apiKeys(first: 100) { nodes { masked } } } } }'
    const ids = (count: number) => Array<string | undefined>(count).fill(providers.nodes[0]?.id)
    expect(await codesOf(NODES, { ids: ids(15) })).toEqual([])
    expect(await codesOf(NODES, { ids: ids(30) })).toEqual(['QUERY_TOO_COMPLEX'])
    expect(await codesOf('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ids(3_000) })).toEqual(['QUERY_TOO_COMPLEX'])
  })

  test('is refused for its depth', async () => {
    const nest = (levels: number): string => (levels === 0 ? 'name' : `lastConnectionTest { apiKey { provider { ${nest(levels - 1)} } } }`)
    expect(await codesOf(`{ provider(by: { name: "x" }) { ${nest(2)} } }`)).toEqual([])
    expect(await codesOf(`{ provider(by: { name: "x" }) { ${nest(4)} } }`)).toEqual(['QUERY_TOO_COMPLEX'])
  })

  test('is refused for its number of fields', async () => {
    expect(await codesOf(`{ viewer { ${repeated(90, (index) => `a${index}: role`)} } }`)).toEqual([])
    expect(await codesOf(`{ viewer { ${repeated(110, (index) => `a${index}: role`)} } }`)).toEqual(['QUERY_TOO_COMPLEX'])
  })

  test('is refused for its number of root fields, however they are written', async () => {
    expect(await codesOf(`{ ${repeated(20, (index) => `a${index}: viewer { role }`)} }`)).toEqual([])
    for (const query of [
      `{ ${repeated(21, (index) => `a${index}: viewer { role }`)} }`,
      `{ ${repeated(7, () => '...F')} ... on Query { ${repeated(18, (index) => `b${index}: viewer { role }`)} } } fragment F on Query { a: viewer { role } }`,
      `mutation { ${repeated(21, (index) => `a${index}: deleteProvider(input: { provider: { name: "x" } }) { __typename }`)} }`,
    ])
      expect(await codesOf(query)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
  })

  test('is refused for its number of tokens', async () => {
    expect(await codesOf(`{ viewer { ${repeated(1_200, () => 'role')} } }`)).toEqual(['GRAPHQL_PARSE_FAILED'])
  })

  test('says what was too much', async () => {
    const { body } = await gateway.graphql(page(100, 100))
    expect(body.errors?.[0]?.message).toMatch(/nodes 10100 of 2000/)
    expect(body.data ?? null).toBeNull()
  })

  test('says that a document is too long, and what is allowed', async () => {
    const { body } = await gateway.graphql(`{ ${'viewer '.repeat(2_000)} }`)
    expect(body.errors?.[0]?.message).toBe(
      'The document is too long: it has more than 1000 tokens. Ask for fewer fields, or in several requests.',
    )
  })
})

describe('a hostile document', () => {
  test.each([
    ['nested 20,000 levels deep', '{ a '.repeat(20_000)],
    ['of 20,000 brackets in a value', `{ node(id: ${'['.repeat(20_000)}`],
    ['of fragments that hold each other', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['of a fragment that holds itself', '{ ...A } fragment A on Query { viewer { role } ...A }'],
    [
      'of one fragment spread twice in each of many',
      `{ ...F0 } ${repeated(60, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F60 on Query { viewer { role } }`,
    ],
    [
      'of such fragments below a field',
      `{ viewer { ...F0 } } ${repeated(60, (index) => `fragment F${index} on Viewer { ...F${index + 1} ...F${index + 1} }`)} fragment F60 on Viewer { role }`,
    ],
    ['of overlapping fields', `{ ${repeated(300, () => 'viewer { role }')} }`],
    ['of nothing', ''],
    ['of an unclosed string', '{ node(id: "'],
    ['of control characters', '\u0000\u0001{ viewer { role } }'],
    ['of many directives', `{ viewer ${repeated(200, () => '@include(if: true)')} { role } }`],
  ])('%s is refused, and is no fault of ours', async (_name, query) => {
    lines.length = 0
    const { status, body } = await gateway.graphql(query)
    expect(status).toBeLessThan(500)
    expect(body.errors?.length).toBeGreaterThan(0)
    expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([])
  })
})

test('introspection works with a token, whole', async () => {
  const { status, body } = await gateway.graphql<{ __schema: { types: unknown[] } }>(
    getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }),
  )
  expect(status).toBe(200)
  expect(body.data?.__schema.types.length).toBeGreaterThan(50)
})

describe('a body', () => {
  const QUERY = JSON.stringify({ query: '{ viewer { role } }' })

  test('over one megabyte is refused with 413, whether or not it says so', async () => {
    const large = JSON.stringify({ query: '{ viewer { role } }', variables: { pad: 'x'.repeat(1_000_000) } })
    expect((await post(large)).status).toBe(413)
    const chunks = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('x'.repeat(100_000)))
      },
    })
    const init = {
      method: 'POST',
      body: chunks,
      duplex: 'half',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminToken}` },
    }
    const status = await gateway.fetch('/graphql', init).then(
      (answer) => answer.status,
      () => 413,
    )
    expect(status).toBe(413)
  })

  test('of just under one megabyte is read', async () => {
    const text = JSON.stringify({ query: '{ viewer { role } }', variables: { pad: '' } })
    expect((await post(text.replace('""', `"${'x'.repeat(1_000_000 - text.length)}"`))).status).toBe(200)
  })

  test.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, identity', 'x-unknown'])(
    'compressed with %s is refused with 415',
    async (encoding) => {
      expect((await post(gzipSync(QUERY), { 'content-encoding': encoding })).status).toBe(415)
    },
  )

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'application/jsonp',
    'text/json',
    '',
  ])('of the type %j is refused with 415', async (type) => {
    const { status, text } = await post(QUERY, { 'content-type': type })
    expect(status).toBe(415)
    expect(JSON.parse(text).errors[0].extensions.code).toBe('BAD_USER_INPUT')
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])('of the type %j is read', async (type) => {
    expect((await post(QUERY, { 'content-type': type })).status).toBe(200)
  })

  test('of JSON that nests deeper than 32 levels is refused with 400; brackets in a text do not count', async () => {
    const nested = (levels: number) => `{"query":"{ viewer { role } }","variables":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`
    expect((await post(nested(30))).status).toBe(200)
    expect((await post(nested(31))).status).toBe(400)
    expect((await post(nested(200_000))).status).toBe(400)
    const text = JSON.stringify({ query: '{ viewer { role } }', variables: { a: '[{"\\'.repeat(1_000) } })
    expect((await post(text)).status).toBe(200)
  })

  test('with __proto__ and constructor keys is read as if they were not there', async () => {
    const variables =
      '{"input":{"name":"polluted","type":"OPENAI","baseUrl":"https://a.example","__proto__":{"enabled":false},"constructor":{"prototype":{"enabled":false}}},"__proto__":{"polluted":true}}'
    const query =
      'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { ... on CreateProviderPayload { provider { enabled } } } }'
    const { status, text } = await post(
      `{"query":${JSON.stringify(query)},"variables":${variables},"__proto__":{"query":"{ __typename }"}}`,
    )
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({ data: { createProvider: { provider: { enabled: true } } } })
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Reflect.get({}, 'enabled')).toBeUndefined()
  })

  test('of several operations at once is refused', async () => {
    const { status, text } = await post(`[${QUERY},${QUERY}]`)
    expect(status).toBe(400)
    expect(text).not.toContain('ADMIN')
  })
})

describe('another method', () => {
  test('a query may come by GET, a mutation not: 405', async () => {
    const get = (query: string) => post('', { accept: 'application/json' }, 'GET', `/graphql?query=${encodeURIComponent(query)}`)
    expect((await get('{ viewer { role } }')).text).toBe('{"data":{"viewer":{"role":"ADMIN"}}}')
    const mutation = await get('mutation { deleteProvider(input: { provider: { name: "x" } }) { __typename } }')
    expect(mutation.status).toBe(405)
    expect(mutation.headers.get('allow')).toBe('POST')
    expect(JSON.parse(mutation.text).data).toBeUndefined()
  })

  test.each(['PUT', 'PATCH', 'DELETE'])('%s is refused with 405', async (method) => {
    expect((await post('{"query":"{ viewer { role } }"}', {}, method)).status).toBe(405)
  })
})

test('every answer has the headers that keep it to its reader, refusals and health included', async () => {
  const answers = [
    await gateway.fetch('/healthz'),
    await gateway.fetch('/readyz'),
    await gateway.fetch('/nowhere'),
    await gateway.fetch('/graphql', { method: 'POST' }),
    await gateway.fetch('/graphql', { headers: { accept: 'text/html' } }),
    await gateway.fetch('/graphql?query={viewer{role}}', { headers: { authorization: `Bearer ${gateway.adminToken}` } }),
    await gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'text/plain', authorization: `Bearer ${gateway.adminToken}` },
    }),
  ]
  for (const { headers } of answers) {
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    for (const absent of ['x-powered-by', 'server', 'access-control-allow-origin']) expect(headers.get(absent)).toBeNull()
  }
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 401, 200, 200, 415])
})

test('every answer names its request as the log does', async () => {
  lines.length = 0
  const { body, headers } = await gateway.graphql('{ nothing }')
  const requestId = headers.get('x-request-id')
  expect(body.errors?.[0]?.extensions.requestId).toBe(requestId)
  await expect
    .poll(() => lines.filter((line) => line.includes('"msg":"request"')).map((line) => JSON.parse(line).requestId))
    .toEqual([requestId])
})
