import { randomUUID } from 'node:crypto'
import { isEnumType, isInputObjectType } from 'graphql'
import { Client } from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { activityFile } from '../../src/activity/activity.ts'
import { openDatabase } from '../../src/database/client.ts'
import { schema } from '../../src/graphql/schema.ts'
import { auditRow, providerRow } from '../support/rows.ts'
import { recordStatements } from '../support/statements.ts'
import { testDatabaseKind } from '../support/test-database.ts'
import { useGateway } from '../support/use.ts'

const statements = recordStatements()
const ROWS = 1_000

const gateway = useGateway({ environment: { CACHE_MAX_BYTES: '0' } })
beforeAll(async () => {
  const database = await openDatabase(gateway.databaseUrl)
  const types = ['OPENAI', 'ANTHROPIC', 'AZURE'] as const
  const rows = Array.from({ length: ROWS }, (_, index) =>
    providerRow(`provider-${index}`, { type: types[index % 3] ?? 'OPENAI', baseUrl: `https://${index}.example.com` }),
  )
  await database.write(async (transaction) => {
    await transaction.provider.createMany({ data: rows })
    await transaction.connectionTest.createMany({ data: [...rows, ...rows, ...rows].map(({ id }, index) => testRow(id, index)) })
    await transaction.$executeRawUnsafe(
      'UPDATE providers SET last_connection_test_id = (SELECT min(t.id) FROM connection_tests t WHERE t.provider_id = providers.id)',
    )
    await transaction.auditEvent.createMany({ data: Array.from({ length: ROWS }, (_, index) => auditRow(`action-${index % 50}`)) })
  })
  await database.prisma.$executeRawUnsafe('ANALYZE')
  await database.close()
}, 60_000)

/** A test of a provider; one of two was good. */
function testRow(providerId: string, index: number) {
  const status = index % 2 === 0 ? ('OK' as const) : ('UNAUTHORIZED' as const)
  const testedAt = new Date(Date.UTC(2026, 0, 1) + index)
  return { id: randomUUID(), providerId, status, message: 'For a plan.', keyVerified: true, durationMs: 1, modelCount: 1, testedAt }
}

/** Every order that the schema has, both ways. */
const ORDERS = namesOf('ProviderOrderField').flatMap((field) =>
  namesOf('OrderDirection').map((direction) => `orderBy: { field: ${field}, direction: ${direction} }`),
)
/** A value for every filter that the schema has. */
const VALUES: Readonly<Record<string, string>> = { search: '"provider-1"', type: 'OPENAI', enabled: 'true', status: 'OK' }
const FILTERS = [...namesOf('ProviderFilter').map((name) => `${name}: ${VALUES[name]}`), 'type: AZURE, enabled: true']

/** The values of an enum, or the fields of an input. */
function namesOf(typeName: string): string[] {
  const type = schema.getType(typeName)
  if (isEnumType(type)) return type.getValues().map(({ name }) => name)
  return isInputObjectType(type) ? Object.keys(type.getFields()) : []
}

/** How the database would run the statement that reads this table for a query. */
async function planOf(query: string, table = 'providers', databaseUrl = gateway.databaseUrl): Promise<string> {
  const before = statements.length
  await gateway.ask(query)
  const reads = statements.slice(before).filter((sql) => new RegExp(`FROM\\s+\\S*${table}`).test(sql) && !/lookup_id/.test(sql))
  const statement = reads.at(-1) ?? ''
  return testDatabaseKind === 'sqlite' ? explainSqlite(statement, databaseUrl) : explainPostgresql(statement)
}

const pageOf = (given: string) => `{ providers(first: 20, ${given}) { nodes { name } } }`

async function explainSqlite(statement: string, databaseUrl: string): Promise<string> {
  const database = await openDatabase(databaseUrl)
  const parameters = Array.from(statement.matchAll(/\?/g), () => 1)
  const rows = await database.prisma.$queryRawUnsafe<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${statement}`, ...parameters)
  await database.close()
  return rows.map(({ detail }) => detail).join('\n')
}

/**
 * A generic plan, which has no values to look at, of what the indexes allow: few rows as here are rightly read whole, and
 * sorted, while that is cheaper.
 */
async function explainPostgresql(statement: string): Promise<string> {
  const client = new Client({ connectionString: gateway.databaseUrl })
  await client.connect()
  const count = new Set(statement.match(/\$\d+/g)).size
  for (const way of ['seqscan', 'sort', 'hashjoin', 'mergejoin', 'bitmapscan']) await client.query(`SET enable_${way} = off`)
  await client.query(`SET plan_cache_mode = force_generic_plan; PREPARE list AS ${statement}`)
  const { rows } = await client.query(
    `EXPLAIN EXECUTE list${count === 0 ? '' : `(${Array.from({ length: count }, () => 'NULL').join(', ')})`}`,
  )
  await client.end()
  return rows.map((row) => String(row['QUERY PLAN'])).join('\n')
}

/** PostgreSQL may sort the equal ones behind an index, which is no sort of the table. */
const SORTS_ALL = { sqlite: /USE TEMP B-TREE FOR ORDER BY/, postgresql: /^\s*(->\s+)?Sort\s+\(/m }[testDatabaseKind]

/** Rows in the order of their numbers need no index besides the table itself, on SQLite. */
function expectIndexOrder(plan: string): void {
  expect(plan).toMatch(testDatabaseKind === 'sqlite' ? /USING (COVERING )?INDEX|^SCAN main\.\w+$/ : /Index (Only )?Scan/)
  expect(plan).not.toMatch(SORTS_ALL)
}

describe('a page of providers', () => {
  test.each(ORDERS)('in the order %s is read from an index, not sorted', async (order) => {
    expectIndexOrder(await planOf(pageOf(order)))
    expectIndexOrder(await planOf(`{ providersByOffset(limit: 20, ${order}) { nodes { name } } }`))
  })

  test.each(FILTERS)('filtered by %s is read in the order of an index, and ends with its last row', async (filter) => {
    expectIndexOrder(await planOf(pageOf(`filter: { ${filter} }`)))
  })

  test('behind a cursor begins in an index', async () => {
    const { providers } = await gateway.ask<{ providers: { pageInfo: { endCursor: string } } }>(
      '{ providers(first: 1000) { pageInfo { endCursor } } }',
    )
    for (const order of ORDERS) expectIndexOrder(await planOf(pageOf(`after: "${providers.pageInfo.endCursor}", ${order}`)))
  })
})

describe('a page of what else there is', () => {
  const AUDIT = {
    ...{ action: 'PROVIDER_CREATED', actor: '"token-1"', since: '"2026-01-01T00:00:00Z"', subject: '"provider-1"' },
    ...{ subjectName: '"provider-1"', until: '"2026-01-02T00:00:00Z"' },
  }

  test('has a filter of audit events for each that the schema knows', () => {
    const known =
      schema
        .getQueryType()
        ?.getFields()
        .auditEvents?.args.map(({ name }) => name) ?? []
    const pages = ['first', 'last', 'after', 'before']
    expect(known.filter((name) => !pages.includes(name)).sort()).toEqual(Object.keys(AUDIT).sort())
  })

  test.each(['', ...Object.entries(AUDIT).map(([name, value]) => `, ${name}: ${value}`)])(
    'of audit events%s is read in the order of an index',
    async (filter) => {
      expectIndexOrder(await planOf(`{ auditEvents(first: 20${filter}) { nodes { id } } }`, 'audit_events'))
    },
  )

  test.each([
    ['provider_id', 'filter: { provider: { name: "provider-7" } }'],
    ['model', 'filter: { model: "gpt-5" }'],
    ['outcome', 'filter: { outcome: [TIMED_OUT] }'],
    ['route', 'route: "fast"'],
  ])('of model calls by their %s is found in an index: %s', async (column, given) => {
    const activity = `file:${activityFile(gateway.databaseUrl.replace('file:', ''))}`
    const plan = await planOf(`{ modelCalls(first: 20, ${given}) { nodes { id } } }`, 'model_calls WHERE', activity)
    expect(plan).toContain(`model_calls_${column}_id_idx`)
  })

  test('of access tokens is read in the order of an index', async () => {
    expectIndexOrder(await planOf('{ accessTokens(first: 20) { nodes { name } } }', 'access_tokens'))
  })

  test.each([
    ['api_keys', 'apiKeys(first: 5) { nodes { masked } }'],
    ['connection_tests', 'connectionTests(first: 5) { nodes { status } }'],
    ['connection_tests', 'lastConnectionTest { status }'],
    ['connection_tests', 'models(first: 5) { nodes { name } }'],
  ])('from %s of a provider is found in an index: %s', async (table, field) => {
    const plan = await planOf(`{ provider(by: { name: "provider-7" }) { ${field} } }`, table)
    if (testDatabaseKind === 'sqlite') expect(plan).not.toMatch(/SCAN connection_tests|SCAN api_keys/)
    else expect(plan).toMatch(/Index/)
  })
})

test.runIf(testDatabaseKind === 'sqlite')('audit events of a rare action are not looked for among all', async () => {
  const plan = await planOf('{ auditEvents(first: 20, action: PROVIDER_DELETED) { nodes { id } } }', 'audit_events')
  expect(plan).toMatch(/SEARCH .*audit_events_action_number_idx/)
})

describe('one object', () => {
  test('a provider is found by its name in an index', async () => {
    const plan = await planOf('{ provider(by: { name: "provider-7" }) { name } }')
    expect(plan).toMatch(
      testDatabaseKind === 'sqlite' ? /SEARCH .* USING INDEX providers_live_name_key/ : /Index Scan using providers_live_name_key/,
    )
  })
})
