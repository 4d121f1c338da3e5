import { type GraphQLField, getNamedType, isEnumType, isLeafType, isObjectType, isRequiredArgument } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.ts'
import { fittingArguments } from '../support/input-places.ts'
import { type ProviderView, writerAs } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { recordStatements } from '../support/statements.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEYS = Array.from({ length: 2 }, (_, index) => `sk-statement-fixture-${index}`)
const statements = recordStatements()
let stored: ProviderView[] = []

async function store(count: number): Promise<void> {
  const made: ProviderView[] = []
  for (let index = 0; index < count; index += 1)
    made.push(await editor.created({ baseUrl: recorder.origin, apiKeys: KEYS.map((value) => ({ credential: { value } })) }))
  await Promise.all(made.map(({ id }) => editor.test(id)))
  stored = [...stored, ...made]
}

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', CACHE_MAX_BYTES: '0' } })
const recorder = useStarted(() => startRecorder(...KEYS))
const editor = writerAs(gateway, 'EDITOR')

const SHAPES: Readonly<Record<string, string>> = {
  'providers with keys and totals': '{ providers(first: 50) { totalCount nodes { apiKeys(first: 5) { totalCount nodes { masked } } } } }',
  'providers with keys and their providers':
    '{ providers(first: 50) { nodes { apiKeys(first: 5) { edges { node { masked provider { name } } } } } } }',
  'everything at once': `{ providers(first: 50) { totalCount nodes { name settings { __typename } lastConnectionTest { status apiKey { masked } }
    apiKeys(first: 5) { nodes { masked lastConnectionTest { status } } } connectionTests(first: 5) { nodes { status apiKey { masked } } } } } }`,
  ...everyPath({
    providers: { type: 'Provider', around: ['providers(first: 50) { nodes', '}'] },
    providersByOffset: { type: 'Provider', around: ['providersByOffset(limit: 50) { nodes', '}'] },
    accessTokens: { type: 'AccessToken', around: ['accessTokens(first: 10) { totalCount nodes', '}'] },
    auditEvents: { type: 'AuditEvent', around: ['auditEvents(first: 20) { totalCount nodes', '}'] },
    providerTypes: { type: 'ProviderTypeInfo', around: ['providerTypes', ''] },
  }),
}

/** A query down every path of objects and lists that the schema has below these lists, three steps deep, with all values at its end. */
function everyPath(roots: Readonly<Record<string, { type: string; around: readonly [string, string] }>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(roots).flatMap(
      ([
        name,
        {
          type,
          around: [before, after],
        },
      ]) => pathsBelow(schema.getType(type), 3).map(({ title, selection }) => [`${name}${title}`, `{ ${before} ${selection} ${after} }`]),
    ),
  )
}

interface Path {
  readonly title: string
  readonly selection: string
}

function pathsBelow(type: unknown, depth: number): Path[] {
  if (!isObjectType(type)) return [{ title: '', selection: '{ __typename }' }]
  const fields = Object.values(type.getFields())
  const values = fields.filter((field) => isLeafType(getNamedType(field.type))).map(callOf)
  const here = { title: '', selection: `{ __typename ${values.join(' ')} }` }
  if (depth === 0) return [here]
  const below = fields.flatMap((field) => {
    const inner = getNamedType(field.type)
    if (isLeafType(inner)) return []
    const nodes = isObjectType(inner) ? inner.getFields().nodes : undefined
    const [before, after] = nodes === undefined ? [callOf(field), ''] : [`${callOf(field)} { totalCount nodes`, '}']
    return pathsBelow(nodes === undefined ? inner : getNamedType(nodes.type), depth - 1).map(({ title, selection }) => ({
      title: `.${field.name}${title}`,
      selection: `{ ${before} ${selection} ${after} }`,
    }))
  })
  return [here, ...below]
}

/** A field with what it must be given, and two at most of a list: each value of one counts as a node. */
function callOf({ name, args }: GraphQLField<unknown, unknown>): string {
  const required = args.filter(isRequiredArgument)
  const fits = fittingArguments(required)
  const given = required.map(
    (one) => `${one.name}: ${isEnumType(getNamedType(one.type)) ? fits[one.name] : JSON.stringify(fits[one.name])}`,
  )
  const all = [...(args.some((one) => one.name === 'first') ? ['first: 2'] : []), ...given]
  return all.length === 0 ? name : `${name}(${all.join(', ')})`
}

/**
 * How many statements a query takes, besides the one that looks up the token, and the answer. What the gateway runs by a clock
 * of its own can fall into a query on a slow machine: `expected` makes the query be asked again when it took another number.
 */
async function statementsOf(
  query: string,
  variables: Record<string, unknown> = {},
  expected?: number,
): Promise<{ count: number; text: string }> {
  const first = await countedOnce(query, variables)
  return expected === undefined || first.count === expected ? first : countedOnce(query, variables)
}

async function countedOnce(query: string, variables: Record<string, unknown>): Promise<{ count: number; text: string }> {
  const before = statements.length
  const data = await gateway.ask(query, variables)
  const taken = statements.slice(before).filter((statement) => !/lookup_id.*LIMIT/s.test(statement))
  return { count: taken.length, text: JSON.stringify(data) }
}

/** The queries by the list that they begin with, so that no test takes long on a busy machine. */
const LISTS = [...new Set(Object.keys(SHAPES).map(listOf))]
const shapesOf = (list: string) => Object.entries(SHAPES).filter(([name]) => listOf(name) === list)

function listOf(name: string): string {
  return name.split(/[. ]/, 2).join(' ')
}

describe('the number of SQL statements does not grow with the rows', () => {
  const few = new Map<string, number>()

  test('10 providers are stored', async () => {
    await store(10)
  })

  test.each(LISTS)('for 10 providers each query takes some: %s', async (list) => {
    for (const [name, query] of shapesOf(list)) {
      const counts = [await statementsOf(query), await statementsOf(query)].map(({ count }) => count)
      few.set(name, Math.min(...counts))
    }
    expect([...few].filter(([, count]) => count > 12)).toEqual([])
  })

  test('no path is left out unseen', async () => {
    expect(few.size).toBeGreaterThan(30)
    expect(few.has('providers.apiKeys.lastConnectionTest.apiKey')).toBe(true)
    expect(few.has('providersByOffset.models')).toBe(true)
    await store(40)
  })

  test.each(LISTS)('for 50 providers each takes as many: %s', async (list) => {
    for (const [name, query] of shapesOf(list))
      expect([name, (await statementsOf(query, {}, few.get(name))).count]).toEqual([name, few.get(name)])
  })

  test('and all of them are in the answer', async () => {
    const { text } = await statementsOf(SHAPES['providers with keys and totals'] ?? '')
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

test.each(LISTS)('no query reads a table of secrets: %s', async (list) => {
  const before = statements.length
  for (const [, query] of shapesOf(list)) await gateway.ask(query)
  expect(statements.slice(before).filter((statement) => /_secrets|sealed/.test(statement))).toEqual([])
})
