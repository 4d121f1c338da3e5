import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/database/client.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { providerRow } from '../support/rows.ts'
import { recordStatements } from '../support/statements.ts'
import { testDatabaseKind } from '../support/test-database.ts'

const statements = recordStatements()
const ROWS = 3_000
let gateway: TestGateway

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { CACHE_MAX_BYTES: '0' } })
  const database = await openDatabase(gateway.databaseUrl)
  const types = ['OPENAI', 'ANTHROPIC', 'AZURE'] as const
  const rows = Array.from({ length: ROWS }, (_, index) =>
    providerRow(`provider-${index}`, { type: types[index % 3] ?? 'OPENAI', baseUrl: `https://${index}.example.com` }),
  )
  await database.write((transaction) => transaction.provider.createMany({ data: rows }))
  await database.prisma.$executeRawUnsafe('ANALYZE')
  await database.close()
})
afterAll(() => gateway.close())

const ORDERS = ['NAME', 'DISPLAY_NAME', 'BASE_URL', 'CREATED_AT', 'UPDATED_AT'].flatMap((field) =>
  ['ASC', 'DESC'].map((direction) => `orderBy: { field: ${field}, direction: ${direction} }`),
)
const FILTERS = ['type: OPENAI', 'enabled: true', 'status: OK', 'search: "provider-1"', 'type: AZURE, enabled: true']

/** How the database would run the statement that reads providers for this list. */
async function planOf(given: string): Promise<string> {
  const before = statements.length
  await gateway.ask(`{ providers(first: 20, ${given}) { nodes { name } } }`)
  const statement = statements.slice(before).find((sql) => /FROM\s+\S*providers/.test(sql)) ?? ''
  return testDatabaseKind === 'sqlite' ? explainSqlite(statement) : explainPostgresql(statement)
}

async function explainSqlite(statement: string): Promise<string> {
  const database = await openDatabase(gateway.databaseUrl)
  const parameters = Array.from(statement.matchAll(/\?/g), () => 1)
  const rows = await database.prisma.$queryRawUnsafe<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${statement}`, ...parameters)
  await database.close()
  return rows.map(({ detail }) => detail).join('\n')
}

/** A generic plan, which has no values to look at. */
async function explainPostgresql(statement: string): Promise<string> {
  const client = new Client({ connectionString: gateway.databaseUrl })
  await client.connect()
  const count = new Set(statement.match(/\$\d+/g)).size
  await client.query(`SET plan_cache_mode = force_generic_plan; PREPARE list AS ${statement}`)
  const { rows } = await client.query(
    `EXPLAIN EXECUTE list${count === 0 ? '' : `(${Array.from({ length: count }, () => 'NULL').join(', ')})`}`,
  )
  await client.end()
  return rows.map((row) => String(row['QUERY PLAN'])).join('\n')
}

/** PostgreSQL may sort the equal ones behind an index, which is no sort of the table. */
const SORTS_ALL = { sqlite: /USE TEMP B-TREE FOR ORDER BY/, postgresql: /^\s*(->\s+)?Sort\s+\(/m }[testDatabaseKind]

test.each(ORDERS)('a page in the order %s is read from an index, not sorted', async (order) => {
  const plan = await planOf(order)
  expect(plan).toMatch(/index/i)
  expect(plan).not.toMatch(SORTS_ALL)
})

test.runIf(testDatabaseKind === 'sqlite').each(FILTERS)(
  'a page filtered by %s is read in the order of an index, and ends with its last row',
  async (filter) => {
    const plan = await planOf(`filter: { ${filter} }`)
    expect(plan).toMatch(/USING (COVERING )?INDEX/)
    expect(plan).not.toMatch(SORTS_ALL)
  },
)

test('a provider is found by its name in an index', async () => {
  const before = statements.length
  await gateway.ask('{ provider(by: { name: "provider-7" }) { name } }')
  const statement = statements.slice(before).find((sql) => /FROM\s+\S*providers/.test(sql)) ?? ''
  const plan = testDatabaseKind === 'sqlite' ? await explainSqlite(statement) : await explainPostgresql(statement)
  expect(plan).toMatch(
    testDatabaseKind === 'sqlite' ? /SEARCH .* USING INDEX providers_live_name_key/ : /Index Scan using providers_live_name_key/,
  )
})
