import { type GraphQLInputType, getNamedType, isListType, isNonNullType, isObjectType } from 'graphql'
import { afterEach, describe, expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.ts'
import { fittingArguments, nest, placesIn } from '../support/input-places.ts'
import { leaksIn } from '../support/planted.ts'
import { useGateway } from '../support/use.ts'

const SECRET = 'sk-Planted_Secret-7f3kQ9zXw2Lm'
const JSON_TYPES = ['application/json', 'application/graphql-response+json'] as const
const REFUSALS = ['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED']
const lines: string[] = []
const answers: string[] = []
const gateway = useGateway({ log: (line) => void lines.push(line) })
afterEach(() => {
  expect(leaksIn(answers.splice(0).join('\n'), [SECRET])).toEqual([])
  expect(leaksIn(lines.splice(0).join('\n'), [SECRET])).toEqual([])
})

/** Sends a request and notes everything that came back, headers included, for the check after each test. */
async function send(body: string, headers: Record<string, string> = {}, method = 'POST', path = '/graphql') {
  const response = await gateway.fetch(path, {
    ...{ method, headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminToken}`, ...headers } },
    ...(method === 'GET' ? {} : { body }),
  })
  const text = await response.text()
  answers.push(text, JSON.stringify([...response.headers]))
  return { status: response.status, text, headers: response.headers }
}

const codesOf = (text: string): string[] =>
  JSON.parse(text).errors?.map(({ extensions }: { extensions: { code: string } }) => extensions.code) ?? []

/** Expects a request that GraphQL refuses: 200 to who asks for plain JSON, 400 to who asks for GraphQL's own type. */
async function expectRefused(query: string, variables: unknown): Promise<void> {
  for (const accept of JSON_TYPES) {
    const { status, text } = await send(JSON.stringify({ query, variables }), { accept })
    // Once a field has been asked for its value the answer has `data`, and is a partial success.
    const isPartial = 'data' in JSON.parse(text)
    expect(`${status} ${text}`).toMatch(accept === 'application/json' || isPartial ? /^200 / : /^400 /)
    expect([...new Set(codesOf(text))].filter((code) => !REFUSALS.includes(code))).toEqual([])
    expect(codesOf(text)).not.toEqual([])
  }
}

/** Values that do not fit a type, each with the secret inside; none for JSON, which everything fits. */
function misfits(type: GraphQLInputType): unknown[] {
  if (getNamedType(type).name === 'JSON') return []
  const name = getNamedType(type).name
  const isList = isListType(isNonNullType(type) ? type.ofType : type)
  const anywhere: unknown[] = [
    { [SECRET]: 1 },
    ...(['CredentialInput'].includes(name) ? [] : [{ value: SECRET }]),
    { deep: [{ deeper: SECRET }] },
  ]
  const isText = ['String', 'Secret', 'ID'].includes(name)
  // A single value stands for a list of one, so that only what does not fit the item is a misfit.
  const texts = isText && isList ? [] : [...(isText ? [] : [SECRET]), [SECRET, SECRET]]
  return [...texts, ...anywhere]
}

interface Position {
  readonly name: string
  readonly query: string
  readonly variables: readonly Record<string, unknown>[]
}

/** Every place of the schema where input goes in, each with a query that has nothing wrong but what stands there. */
function positions(): Position[] {
  const entered = new Set<string>()
  return ['Query', 'Mutation'].flatMap((root) => {
    const type = schema.getType(root)
    const fields = isObjectType(type) ? Object.values(type.getFields()) : []
    return fields.flatMap((field) =>
      field.args.flatMap((arg) => {
        const others = field.args.filter((other) => other !== arg && isNonNullType(other.type))
        const given = [...others, arg].map((one) => `${one.name}: $${one.name}`).join(', ')
        const declared = [...others, arg].map((one) => `$${one.name}: ${one.type}`).join(', ')
        const query = `${root.toLowerCase()} (${declared}) { ${field.name}(${given}) { __typename } }`
        const rest = fittingArguments(others)
        return placesIn(arg.type, [arg.name], entered).map(({ path, type: placed }) => ({
          name: `${field.name}(${path.join('.')}:)`,
          query,
          variables: misfits(placed).map((value) => ({ ...rest, [arg.name]: nest(arg.type, path.slice(1), value) })),
        }))
      }),
    )
  })
}

describe('a secret in a variable that does not fit its type comes back nowhere', () => {
  test.each(positions().map((position) => [position.name, position] as const))('%s', async (_name, { query, variables }) => {
    for (const one of variables) await expectRefused(query, one)
  })
})

describe('a secret in a wrong place of a document comes back nowhere', () => {
  test.each([
    `{ providers(first: "${SECRET}") { totalCount } }`,
    `{ providers(filter: { type: "${SECRET}" }) { totalCount } }`,
    `{ providers(filter: { search: ["${SECRET}"] }) { totalCount } }`,
    `{ provider(by: { uuid: "${SECRET}" }) { id } }`,
    `{ provider(by: { nothing: "${SECRET}" }) { id } }`,
    `{ node(id: "${SECRET}") { id } }`,
    `{ nodes(ids: ["${SECRET}"]) { id } }`,
    `{ node(id: "${Buffer.from(`Provider:${SECRET}`).toString('base64')}") { id } nothing }`,
    `{ node(id: "${Buffer.from(`${SECRET}:1`).toString('base64')}") { id } }`,
    `{ node(id: "${Buffer.from('ApiKeySecret:6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e').toString('base64')}") { id } }`,
    `{ providers(after: "${SECRET}") { totalCount nodes { id } } }`,
    `{ providers(before: "${Buffer.from(`GPC:S:${SECRET}`).toString('base64')}") { nodes { id } } }`,
    `{ providers(after: "${Buffer.from(`GPC:J:["${SECRET}"]`).toString('base64')}") { nodes { id } } }`,
    `mutation { createProvider(input: { name: "a", type: OPENAI, baseUrl: "https://a.example", apiKeys: "${SECRET}" }) { __typename } }`,
    `mutation { createProvider(input: { name: "a", type: OPENAI, baseUrl: "https://a.example", apiKeys: ["${SECRET}"] }) { __typename } }`,
    `mutation { createProvider(input: { name: "a", type: OPENAI, baseUrl: "https://a.example", apiKeys: [{ credential: { value: ["${SECRET}"] } }] }) { __typename } }`,
    `mutation { createProvider(input: { name: "a", type: OPENAI, baseUrl: "https://a.example", apiKey: "${SECRET}" }) { __typename } }`,
    `mutation { createProvider(input: { name: "a", type: "${SECRET}", baseUrl: "https://a.example" }) { __typename } }`,
    `mutation { createAccessToken(input: { name: "a", role: VIEWER, expiresAt: "${SECRET}" }) { __typename } }`,
    `mutation { testConnection(input: { draft: { type: OPENAI, baseUrl: "https://a.example", apiKey: { value: "${SECRET}" } } }) { __typename } }`,
    `query ($a: String = ["${SECRET}"]) { provider(by: { name: $a }) { id } }`,
    `query ($a: Int = "${SECRET}") { providers(first: $a) { totalCount } }`,
    `{ providers @include(if: "${SECRET}") { totalCount } }`,
    `{ viewer @nothing(a: "${SECRET}") { role } }`,
    `{ viewer(token: "${SECRET}") { role } }`,
    `{ viewer { role } } """${SECRET}"""`,
    `{ viewer { role } "${SECRET}" }`,
    `{ viewer { role } } "${SECRET}`,
    `${SECRET}`,
    `"${SECRET}"`,
    `{ providers(first: ${SECRET}) { totalCount } }`,
    `{ "${SECRET}": viewer { role } }`,
  ])('%s', async (query) => {
    await expectRefused(query, {})
  })

  test('a name of a field is repeated only when it can be none of a secret: with the characters of a name', async () => {
    const { text } = await send(JSON.stringify({ query: '{ nothingLikeThis }' }))
    expect(text).toContain('nothingLikeThis')
    expect(codesOf(text)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    await expectRefused(`{ viewer { ${SECRET.replaceAll('-', ' ')} } }`, {})
  })
})

describe('a key that has the form of a name comes back nowhere, where names are told', () => {
  const KEYS = ['sk_live_PlantedSecret', 'gsk_PlantedSecret', 'PlantedSecret7f3kQ9zXw2Lm', 'planted0secret0planted0secret0']
  const create = (fields: string) =>
    `mutation { createProvider(input: { name: "a", type: OPENAI, baseUrl: "https://a.example", ${fields} }) { __typename } }`
  test.each(KEYS)('%s', async (key) => {
    for (const query of [
      ...[`{ ${key} }`, `{ viewer { ${key} } }`, `{ viewer(${key}: 1) { role } }`, `{ ...${key} }`, `{ ... on ${key} { id } }`],
      ...[`{ viewer @${key} { role } }`, `query ($${key}: Int) { viewer { role } }`, `{ providers(first: $${key}) { totalCount } }`],
      ...[create(`${key}: 1`), create(`apiKeys: [{ ${key}: 1 }]`), create(`apiKeys: [{ credential: { value: "a" }, name: ${key} }]`)],
      `{ providers(filter: { type: ${key} }) { totalCount } }`,
      `{ provider(by: { ${key}: "a" }) { id } }`,
    ]) {
      const { text } = await send(JSON.stringify({ query }))
      expect(codesOf(text)).not.toEqual([])
      expect(text).not.toContain(key)
    }
    const variables = { input: { name: 'a', type: 'OPENAI', baseUrl: 'https://a.example', apiKeys: [{ [key]: 'x' }] } }
    const query = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
    for (const body of [
      { query, variables },
      { query: '{ viewer { role } }', [key]: 1 },
    ])
      expect((await send(JSON.stringify(body))).text).not.toContain(key)
  })
})

test('a value of an enum that there is not is told to be one, and of which enum', async () => {
  const query = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
  const variables = { input: { name: 'a', type: 'OPEN_AI', baseUrl: 'https://a.example' } }
  const { text } = await send(JSON.stringify({ query, variables }))
  expect(JSON.parse(text).errors).toMatchObject([
    { message: 'Variable "$input" has an invalid value at "input.type". Expected a value of the enum "ProviderType".' },
  ])
})

describe('a secret outside of the GraphQL comes back nowhere', () => {
  test.each([
    ['text instead of JSON', SECRET],
    ['a JSON text', JSON.stringify(SECRET)],
    ['a list', JSON.stringify([SECRET])],
    ['a batch', JSON.stringify([{ query: `{ viewer { role } } # ${SECRET}` }])],
    ['broken JSON', `{"query": "${SECRET}`],
    ['a query that is no text', JSON.stringify({ query: { [SECRET]: SECRET } })],
    ['variables that are a text', JSON.stringify({ query: '{ viewer { role } }', variables: SECRET })],
    ['variables that are a list', JSON.stringify({ query: '{ viewer { role } }', variables: [SECRET] })],
    ['an operation that is not there', JSON.stringify({ query: '{ viewer { role } }', operationName: SECRET })],
    ['an unknown parameter', JSON.stringify({ query: '{ viewer { role } }', [SECRET]: SECRET })],
    ['extensions that are a text', JSON.stringify({ query: '{ viewer { role } }', extensions: SECRET })],
  ])('%s', async (_name, body) => {
    for (const accept of JSON_TYPES) {
      const { status, text } = await send(body, { accept })
      expect(status).toBeGreaterThanOrEqual(200)
      expect(status).toBeLessThan(500)
      expect(() => JSON.parse(text)).not.toThrow()
    }
  })

  test.each([
    ['as a token', { authorization: `Bearer ${SECRET}` }, 401],
    ['as half a header', { authorization: SECRET }, 401],
    ['as a session token', { 'coder-session-token': SECRET }, 401],
    ['as a content type', { 'content-type': SECRET }, 415],
    ['as an encoding', { 'content-encoding': SECRET }, 415],
    ['as a wanted type', { accept: SECRET }, null],
    ['as a request id', { 'x-request-id': SECRET }, 200],
    ['as a user agent', { 'user-agent': SECRET, cookie: SECRET, referer: `https://a.example/${SECRET}` }, 200],
  ])('in a header %s', async (_name, headers, expected) => {
    const { status } = await send('{"query":"{ viewer { role } }"}', headers)
    expect(status).toBeLessThan(500)
    if (expected !== null) expect(status).toBe(expected)
  })

  test('in a path or a query string', async () => {
    for (const path of [
      `/${SECRET}`,
      `/graphql/${SECRET}`,
      `/graphql?token=${SECRET}`,
      `/graphql?query=${SECRET}`,
      `/graphql?query={viewer{role}}&variables=${SECRET}`,
    ])
      expect((await send('', {}, 'GET', path)).status).toBeLessThan(500)
  })
})

test('an accepted secret comes back nowhere either', async () => {
  const query = `mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename
    ... on CreateProviderPayload { provider { name apiKeys { nodes { masked } } } } ... on ValidationError { message issues { message } } } }`
  for (const apiKeys of [
    [{ credential: { value: SECRET } }],
    [{ credential: { value: ` ${SECRET}` } }],
    [{ credential: { value: `${SECRET}\n` } }],
    [{ credential: { value: SECRET.repeat(400) } }],
    [{ credential: { value: `${SECRET}****` } }],
  ])
    await send(JSON.stringify({ query, variables: { input: { name: 'planted', type: 'OPENAI', baseUrl: 'https://a.example', apiKeys } } }))
  const { text } = await send(JSON.stringify({ query: '{ providers { nodes { name apiKeys { nodes { masked } } } } }' }))
  expect(text).toContain('planted')
})
