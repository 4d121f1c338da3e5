import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/graphql/limits.ts'
import { createGraphQLServer } from '../../src/graphql/yoga.ts'
import { useGateway } from '../support/use.ts'

const JSON_TYPE = 'application/json'
const GRAPHQL_TYPE = 'application/graphql-response+json'
const gateway = useGateway()

interface Sent {
  readonly status: number
  readonly body: { readonly data?: unknown; readonly errors?: readonly { message: string; path?: unknown; extensions: { code: string } }[] }
}

async function send(parameters: unknown, accept: string, method: 'GET' | 'POST' = 'POST'): Promise<Sent> {
  const headers = { authorization: `Bearer ${gateway.adminToken}`, accept, 'content-type': JSON_TYPE }
  const entries = typeof parameters === 'object' && parameters !== null ? Object.entries(parameters) : []
  const query = new URLSearchParams(entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
  const response = await (method === 'GET'
    ? gateway.fetch(`/graphql?${query}`, { headers })
    : gateway.fetch('/graphql', { method, headers, body: JSON.stringify(parameters) }))
  return { status: response.status, body: JSON.parse(await response.text()) }
}

/** Refused before execution: the answer has no data, and no error is told to be of a field. */
async function expectRequestError(parameters: unknown, code: string, statuses: Readonly<Record<string, number>>): Promise<void> {
  for (const [accept, status] of Object.entries(statuses)) {
    const answer = await send(parameters, accept)
    expect(answer).toMatchObject({ status, body: { errors: [{ extensions: { code } }] } })
    expect(answer.body).not.toHaveProperty('data')
    expect(answer.body.errors?.[0]).not.toHaveProperty('path')
  }
}

const BY_THE_BOOK = { [JSON_TYPE]: 200, [GRAPHQL_TYPE]: 400 }
const repeated = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, index) => part(index)).join(' ')
const nest = (levels: number): string => (levels === 0 ? 'name' : `lastConnectionTest { apiKey { provider { ${nest(levels - 1)} } } }`)
const PAGES = 'providers(first: 100) { nodes { apiKeys(first: 100) { nodes { masked } } } }'

test.each([
  ['of several operations', 'query A { viewer { role } } query B { viewer { role } }'],
  ['with an argument that breaks a rule', '{ usage(by: DAY, from: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z") { group } }'],
])('the guide names the code of a query %s', async (_what, query) => {
  const { body } = await send({ query }, JSON_TYPE)
  expect(readFileSync('docs/graphql.md', 'utf8')).toContain(`\`${body.errors?.[0]?.extensions.code}\``)
})

interface Unusual {
  readonly path?: string
  readonly method?: string
  readonly accept?: string
  readonly type?: string
  readonly body?: string
}
const WRITE_BY_GET = `/graphql?${new URLSearchParams({ query: 'mutation { __typename }' })}`
test.each<[what: string, unusual: Unusual, status: number]>([
  ['another method', { method: 'PUT' }, 405],
  ['a write by GET', { path: WRITE_BY_GET, method: 'GET' }, 405],
  ['a type that is not served', { accept: 'image/png' }, 406],
  ['a large body', { body: ' '.repeat(LIMITS.bodyBytes + 1) }, 413],
  ['a body that is no JSON', { type: 'text/plain' }, 415],
])('the guide names the status for %s, with its code', async (_what, unusual, expected) => {
  const { path = '/graphql', method = 'POST', accept = '*/*', type = JSON_TYPE, body = '{"query":"{ viewer { role } }"}' } = unusual
  const headers = { authorization: `Bearer ${gateway.adminToken}`, accept, 'content-type': type }
  const response = await gateway.fetch(path, { method, headers, ...(method === 'GET' ? {} : { body }) })
  const { errors } = await response.json()
  expect(response.status).toBe(expected)
  const guide = readFileSync('docs/graphql.md', 'utf8').split('\n')
  expect(guide.find((line) => line.includes(`\`${errors[0].extensions.code}\``))).toContain(`${expected}`)
})

describe('a query that costs too much is a request error', () => {
  test.each([
    ['deep', `{ provider(by: { name: "x" }) { ${nest(4)} } }`, 'QUERY_TOO_COMPLEX'],
    ['broad', `{ viewer { ${repeated(110, (index) => `a${index}: role`)} } }`, 'QUERY_TOO_COMPLEX'],
    ['of many nodes', `{ ${PAGES} }`, 'QUERY_TOO_COMPLEX'],
    ['of many nodes, beside a good field', `{ viewer { role } ${PAGES} }`, 'QUERY_TOO_COMPLEX'],
    [
      'a mutation',
      `mutation { ${repeated(15, (index) => `a${index}: upsertProvider(input: { name: "costly" }) { __typename ${repeated(7, (part) => `b${part}: __typename`)} }`)} }`,
      'QUERY_TOO_COMPLEX',
    ],
    ['a subscription', `subscription { providerChanged { provider { ${nest(4)} } } }`, 'QUERY_TOO_COMPLEX'],
    ['uncountable', `{ nodes(ids: ["x"]) { id } ${PAGES} }`, 'BAD_USER_INPUT'],
    ['of many root fields', `{ ${repeated(21, (index) => `a${index}: viewer { role }`)} }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['of many comments', `{ viewer { role } }${'#\n'.repeat(1_001)}`, 'GRAPHQL_PARSE_FAILED'],
    ['of many comments, in a long body', `{ viewer { role } }${'#\n'.repeat(32_000)}`, 'GRAPHQL_PARSE_FAILED'],
    ['of many tokens', `{ viewer { ${repeated(1_200, () => 'name')} } }`, 'GRAPHQL_PARSE_FAILED'],
  ])('%s', async (_name, query, code) => {
    await expectRequestError({ query }, code, BY_THE_BOOK)
  })

  test('also when a small operation stands in front of the one that is asked for', async () => {
    const query = `query Small { viewer { role } } query Large { ${PAGES} }`
    await expectRequestError({ query, operationName: 'Large' }, 'QUERY_TOO_COMPLEX', BY_THE_BOOK)
    expect(await send({ query, operationName: 'Small' }, GRAPHQL_TYPE)).toMatchObject({ status: 200 })
  })

  test('and nothing of a mutation was done', async () => {
    const fields = repeated(110, (index) => `a${index}: __typename`)
    await expectRequestError(
      { query: `mutation { upsertProvider(input: { name: "not-made" }) { ${fields} } }` },
      'QUERY_TOO_COMPLEX',
      BY_THE_BOOK,
    )
    expect(await gateway.ask('{ provider(by: { name: "not-made" }) { id } }')).toEqual({ provider: null })
  })
})

describe('a document of more than 64 KiB', () => {
  const padded = (bytes: number, filler = 'x') => {
    const start = '{ viewer { role } } #'
    return start + filler.repeat((bytes - start.length) / Buffer.byteLength(filler))
  }

  test('is refused with 413, by its bytes and not its characters', async () => {
    const refusals = { [JSON_TYPE]: 413, [GRAPHQL_TYPE]: 413 }
    for (const query of [padded(LIMITS.documentBytes + 1), padded(LIMITS.documentBytes + 2, 'é'), padded(900_000)])
      await expectRequestError({ query }, 'BAD_USER_INPUT', refusals)
    expect(await send({ query: padded(LIMITS.documentBytes) }, JSON_TYPE)).toEqual({
      status: 200,
      body: { data: { viewer: { role: 'ADMIN' } } },
    })
  })

  test('is refused in this process too, where no HTTP is', () => {
    const { parse } = createGraphQLServer([]).getEnveloped({})
    expect(() => parse(padded(LIMITS.documentBytes + 1))).toThrow(/must not be larger than 65536 bytes/)
  })
})

describe('what is refused before GraphQL begins has the type that GraphQL clients read errors in, where they accept it', () => {
  const refused: readonly [what: string, status: number, code: string, headers: Readonly<Record<string, string>>, body: string][] = [
    ['no token', 401, 'UNAUTHENTICATED', { authorization: '' }, '{}'],
    ['a wrong token', 401, 'UNAUTHENTICATED', { authorization: 'Bearer gw_wrong' }, '{}'],
    ['another content type', 415, 'BAD_USER_INPUT', { 'content-type': 'text/plain' }, 'text'],
    ['a compressed body', 415, 'BAD_USER_INPUT', { 'content-encoding': 'gzip' }, '{}'],
    ['a large body', 413, 'BAD_USER_INPUT', {}, ' '.repeat(LIMITS.bodyBytes + 1)],
    ['a large document', 413, 'BAD_USER_INPUT', {}, JSON.stringify({ query: ' '.repeat(LIMITS.documentBytes + 1) })],
    ['deep JSON', 400, 'BAD_USER_INPUT', {}, '['.repeat(LIMITS.jsonDepth + 1)],
    ['broken JSON', 400, 'BAD_REQUEST', {}, '{'],
  ]
  const types: readonly [accept: string, type: string][] = [
    [GRAPHQL_TYPE, GRAPHQL_TYPE],
    [`${GRAPHQL_TYPE},${JSON_TYPE};q=0.9`, GRAPHQL_TYPE],
    [JSON_TYPE, JSON_TYPE],
    ['*/*', JSON_TYPE],
  ]
  test.each(refused)('%s', async (_what, status, code, headers, body) => {
    const usual = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': JSON_TYPE }
    for (const [accept, type] of types) {
      const answer = await gateway.fetch('/graphql', { method: 'POST', headers: { ...usual, ...headers, accept }, body })
      expect([accept, answer.status, answer.headers.get('content-type')]).toEqual([accept, status, `${type}; charset=utf-8`])
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code } }] })
    }
  })

  test.each([
    [`${JSON_TYPE};q=0.9 , Application/GraphQL-Response+JSON; charset=utf-8`, GRAPHQL_TYPE],
    [`${GRAPHQL_TYPE};q=0, ${JSON_TYPE}`, JSON_TYPE],
    [`${GRAPHQL_TYPE} ;q=0.000`, JSON_TYPE],
    [`${GRAPHQL_TYPE}-of-another-name`, JSON_TYPE],
  ])('also to %s', async (accept, type) => {
    const answer = await gateway.fetch('/graphql', { headers: { accept } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, `${type}; charset=utf-8`])
  })
})

describe("a client with Apollo's automatic persisted queries is told that there are none", () => {
  const query = '{ viewer { role } }'
  const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') }
  test.each([
    ['a digest alone, by POST', 'POST', { extensions: { persistedQuery } }],
    ['a digest alone, by GET', 'GET', { extensions: { persistedQuery } }],
    ['a digest and the query, by POST', 'POST', { query, extensions: { persistedQuery } }],
    ['a digest and the query, by GET', 'GET', { query, extensions: { persistedQuery } }],
    ['a digest of another making', 'POST', { extensions: { persistedQuery: 'abc' } }],
  ] as const)('%s', async (_name, method, parameters) => {
    for (const [accept, status] of Object.entries(BY_THE_BOOK)) {
      const answer = await send(parameters, accept, method)
      expect(answer).toMatchObject({
        status,
        body: { errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }] },
      })
      expect(answer.body).not.toHaveProperty('data')
    }
  })

  test('other extensions mean nothing here', async () => {
    for (const extensions of [{}, { persistedQuery: null }, { clientLibrary: { name: '@apollo/client' } }])
      expect(await send({ query, extensions }, JSON_TYPE)).toMatchObject({ status: 200, body: { data: { viewer: { role: 'ADMIN' } } } })
  })
})

describe('BAD_REQUEST has the status that docs/graphql.md names', () => {
  test('without a query: 400, or 200', async () => {
    for (const parameters of [{}, { query: null }, { variables: {} }]) await expectRequestError(parameters, 'BAD_REQUEST', BY_THE_BOOK)
  })

  test('of another form: 400', async () => {
    for (const parameters of [[], [{ query: '{ viewer { role } }' }], { query: 1 }, { query: '{ viewer { role } }', more: 1 }, 'text'])
      await expectRequestError(parameters, 'BAD_REQUEST', { [JSON_TYPE]: 400, [GRAPHQL_TYPE]: 400 })
  })
})

describe('a literal that is no text is no value of our scalars, and is not repeated', () => {
  const NAME = 'skfixtureplantedname'
  const create = (fields: string) =>
    `mutation { createProvider(input: { name: "a", type: OPENAI, baseUrl: "https://a.example", ${fields} }) { __typename } }`
  const literals = [NAME, `[${NAME}]`, `{ ${NAME}: 1 }`, '7712839', '77.12839', 'true', `["${NAME}"]`, `{ a: "${NAME}" }`]
  test.each(literals)('%s', async (literal) => {
    for (const query of [
      create(`apiKeys: [{ credential: { value: ${literal} } }]`),
      create(`settings: { bedrock: { accessKey: ${literal} } }`),
      create(`apiKeys: [{ credential: { value: "sk-a" }, uuid: ${literal} }]`),
      `{ provider(by: { uuid: ${literal} }) { id } }`,
      `{ auditEvents(since: ${literal}) { totalCount } }`,
      `query ($secret: Secret = ${literal}) { viewer { role } }`,
    ])
      for (const [accept, status] of Object.entries(BY_THE_BOOK)) {
        const answer = await send({ query }, accept)
        expect(answer.status).toBe(status)
        expect([...new Set(answer.body.errors?.map(({ extensions }) => extensions.code))]).toEqual(['GRAPHQL_VALIDATION_FAILED'])
        for (const part of [NAME, '7712839', '77.12839']) expect(JSON.stringify(answer.body)).not.toContain(part)
      }
  })

  test('JSON takes what JSON has, and no bare name at any depth', async () => {
    const settings = (value: string) =>
      `mutation { upsertProvider(input: { name: "json", extensions: { ziri: ${value} } }) { __typename } }`
    expect((await send({ query: settings('{ a: [1, 2.5, true, null, "text", { b: {} }] }') }, JSON_TYPE)).body).toEqual({
      data: { upsertProvider: { __typename: 'UpsertProviderPayload' } },
    })
    for (const value of [NAME, `{ a: ${NAME} }`, `{ a: [{ b: ${NAME} }] }`]) {
      const { body } = await send({ query: settings(value) }, JSON_TYPE)
      expect(body.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
      expect(JSON.stringify(body)).not.toContain(NAME)
    }
  })
})
