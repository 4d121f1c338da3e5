import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { deriveSchemas, migratedSchemas } from '../../../prisma/derive-schemas.ts'
import { diff, offlineAdapter } from '../../../prisma/diff.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { describeDatabases } from '../../support/databases.ts'
import { liveSchemaOf } from '../../support/live-schema.ts'

const source = readFileSync('prisma/schema.prisma', 'utf8')
const schemas = deriveSchemas(source)
const tables = migratedSchemas(source)

test('the schemas of the two databases differ in the provider and in where their clients are written', () => {
  const sqlite = schemas.sqlite.split('\n')
  const postgresql = schemas.postgresql.split('\n')
  expect(postgresql).toHaveLength(sqlite.length)
  const differences = sqlite.flatMap((line, at) => (line === postgresql[at] ? [] : [[line.trim(), postgresql[at]?.trim()]]))
  expect(differences).toEqual([
    ['output                 = "../prisma-sqlite"', 'output                 = "../prisma-postgresql"'],
    ['provider = "sqlite"', 'provider = "postgresql"'],
  ])
})

test.each(['sqlite', 'activity', 'postgresql'] as const)(
  'every change of the schema has its migration: if not, npm run migration -- <name> (%s)',
  async (kind) => {
    const migrated = migratedSchemas(readFileSync('prisma/migrations/schema.snapshot.prisma', 'utf8'))
    expect(await diff(offlineAdapter(kind === 'postgresql' ? 'postgres' : 'sqlite'), migrated[kind], tables[kind])).toBe('')
  },
)

test('both databases have the same migrations', () => {
  expect(readdirSync('prisma/migrations/postgresql')).toEqual(readdirSync('prisma/migrations/sqlite'))
})

describeDatabases('the migrations', (databases, kind) => {
  test('lead to what the schema says', async () => {
    const url = await databases.freshUrl()
    await databases.open(url).then(migrate)
    expect(await diff(liveSchemaOf(url), 'database', tables[kind])).toBe('')
  })

  test('are compared in earnest: another schema shows a difference', async () => {
    const url = await databases.freshUrl()
    await databases.open(url).then(migrate)
    const other = tables[kind].replace(', where: raw("deleted_at IS NULL")', '').replace('requestId   String ', 'requestId   String?')
    const sql = await diff(liveSchemaOf(url), 'database', other)
    expect(sql).toContain('CREATE UNIQUE INDEX "providers_live_name_key" ON "providers"("name");')
    expect(sql).toContain('audit_events')
  })
})
