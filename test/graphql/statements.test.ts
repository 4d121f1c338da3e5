import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { type ProviderView, type Writer, writerAs } from '../support/providers.ts'
import { type Recorder, startRecorder } from '../support/recorder.ts'
import { recordStatements } from '../support/statements.ts'

const KEYS = Array.from({ length: 2 }, (_, index) => `sk-statement-fixture-${index}`)
const statements = recordStatements()
let gateway: TestGateway
let recorder: Recorder
let editor: Writer
let stored: ProviderView[] = []

async function store(count: number): Promise<void> {
  const made: ProviderView[] = []
  for (let index = 0; index < count; index += 1)
    made.push(await editor.created({ baseUrl: recorder.origin, apiKeys: KEYS.map((value) => ({ value })) }))
  await Promise.all(made.map(({ id }) => editor.test(id)))
  stored = [...stored, ...made]
}

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { OUTBOUND_ALLOW: 'loopback', CACHE_MAX_BYTES: '0' } })
  recorder = await startRecorder(...KEYS)
  editor = await writerAs(gateway, 'EDITOR')
})
afterAll(async () => {
  await gateway.close()
  await recorder.close()
})

const SHAPES: Readonly<Record<string, string>> = {
  'providers with keys': '{ providers(first: 50) { nodes { apiKeys(first: 5) { nodes { masked } } } } }',
  'providers with keys and totals': '{ providers(first: 50) { totalCount nodes { apiKeys(first: 5) { totalCount nodes { masked } } } } }',
  'providers with keys and their providers':
    '{ providers(first: 50) { nodes { apiKeys(first: 5) { edges { node { masked provider { name } } } } } } }',
  'providers with the latest test': '{ providers(first: 50) { nodes { name lastConnectionTest { status models } } } }',
  'the keys with their latest test': '{ providers(first: 50) { nodes { apiKeys(first: 5) { nodes { lastConnectionTest { status } } } } } }',
  'the tests with their key': '{ providers(first: 50) { nodes { connectionTests(first: 5) { nodes { status apiKey { masked } } } } } }',
  'the latest test with its key':
    '{ providers(first: 50) { nodes { lastConnectionTest { apiKey { masked lastConnectionTest { status } } } } } }',
  'everything at once': `{ providers(first: 50) { totalCount nodes { name settings { __typename } lastConnectionTest { status apiKey { masked } }
    apiKeys(first: 5) { nodes { masked lastConnectionTest { status } } } connectionTests(first: 5) { nodes { status apiKey { masked } } } } } }`,
  'access tokens': '{ accessTokens(first: 50) { totalCount nodes { name } } }',
}

/** How many statements a query takes, besides the one that looks up the token, and the answer. */
async function statementsOf(query: string, variables: Record<string, unknown> = {}): Promise<{ count: number; text: string }> {
  const before = statements.length
  const data = await gateway.ask(query, variables)
  const taken = statements.slice(before).filter((statement) => !/lookup_id.*LIMIT/s.test(statement))
  return { count: taken.length, text: JSON.stringify(data) }
}

describe('the number of SQL statements does not grow with the rows', () => {
  const few = new Map<string, number>()

  test('for 10 providers each query takes some', async () => {
    await store(10)
    for (const [name, query] of Object.entries(SHAPES)) few.set(name, (await statementsOf(query)).count)
    expect([...few.values()].every((count) => count > 0 && count <= 12)).toBe(true)
  })

  test('for 50 providers each takes as many', async () => {
    await store(40)
    const many = new Map<string, number>()
    for (const [name, query] of Object.entries(SHAPES)) many.set(name, (await statementsOf(query)).count)
    expect(Object.fromEntries(many)).toEqual(Object.fromEntries(few))
    const { text } = await statementsOf(SHAPES['providers with keys'] ?? '')
    expect(text.match(/"masked"/g)).toHaveLength(100)
  })

  test('and the number of objects found by nodes(ids:) does not raise it either', async () => {
    const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Provider { name apiKeys(first: 5) { nodes { masked } } } } }'
    const ids = stored.map(({ id }) => id)
    const one = await statementsOf(NODES, { ids: ids.slice(0, 2) })
    const all = await statementsOf(NODES, { ids })
    expect(all.text.match(/"masked"/g)).toHaveLength(100)
    expect(all.count).toBe(one.count)
  })
})

test('a refused query runs no statement but the one that looks up the token', async () => {
  for (const query of [
    '{ nonsense }',
    '{ providers(first: 100) { nodes { apiKeys(first: 100) { nodes { masked } } } } }',
    '{ providers(first: 0) { totalCount } }',
  ]) {
    const before = statements.length
    const { body } = await gateway.graphql(query)
    expect(body.errors).toBeDefined()
    expect(statements.slice(before).filter((statement) => !/lookup_id.*LIMIT/s.test(statement))).toEqual([])
  }
})

test('no query reads a table of secrets', async () => {
  const before = statements.length
  for (const query of Object.values(SHAPES)) await gateway.ask(query)
  expect(statements.slice(before).filter((statement) => /_secrets|sealed/.test(statement))).toEqual([])
})
