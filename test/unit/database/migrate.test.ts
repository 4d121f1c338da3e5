import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deriveSchemas } from '../../../prisma/derive-schemas.ts'
import { diff, offlineAdapter } from '../../../prisma/diff.ts'
import type { Database } from '../../../src/database/client.ts'
import { createReadiness } from '../../../src/database/is-usable.ts'
import { migrate, migrationsApplied } from '../../../src/database/migrate.ts'
import { MIGRATIONS_FOLDER, statementsOf } from '../../../src/database/migrations.ts'
import { describeDatabases } from '../../support/databases.ts'
import { providerRow } from '../../support/rows.ts'
import { runWorker } from '../../support/run-worker.ts'

describe('a script', () => {
  test('is split at the semicolons that end a line', () => {
    const script = `-- CreateTable\nCREATE TABLE "a" (\n    "x" TEXT DEFAULT ';'\n);\n\n-- A ; in a comment;\nDROP TABLE "b"; \r\nDROP TABLE "c"`
    expect(statementsOf(script)).toEqual([`CREATE TABLE "a" (\n    "x" TEXT DEFAULT ';'\n)`, 'DROP TABLE "b"', 'DROP TABLE "c"'])
  })

  test('may be without statements', () => {
    expect(statementsOf('-- Nothing changes in this database.\n')).toEqual([])
  })

  test.each(['sqlite', 'postgresql'])('of ours is split into whole statements, and nothing is lost (%s)', (kind) => {
    const bare = (sql: string) => sql.replace(/^--.*$/gm, '').replace(/[;\s]/g, '')
    for (const name of readdirSync(join(MIGRATIONS_FOLDER, kind))) {
      const script = readFileSync(join(MIGRATIONS_FOLDER, kind, name, 'migration.sql'), 'utf8')
      const statements = statementsOf(script)
      expect(bare(statements.join(''))).toBe(bare(script))
      for (const statement of statements) expect(statement).toMatch(/^(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE|PRAGMA) /)
    }
  })
})

/** Up to here an upgrade stops every gateway: no older program may run beside this release. */
const STOP_ALL_UPGRADE = '20261130002929_callers'
const ADDS = [
  /^CREATE (TABLE|INDEX|TYPE) /,
  /^ALTER TABLE "\w+" ADD COLUMN +"\w+" ("\w+"|[A-Z]+(\(\d+\))?)( NOT NULL DEFAULT \S+| DEFAULT \S+)?$/,
  /^INSERT INTO /,
  // What a text says may move into columns of its own: nothing decides by it.
  /^UPDATE "audit_events" SET /,
]
const isAdding = (statement: string) => ADDS.some((form) => form.test(statement))

describe('a migration after those of the last upgrade that stops every gateway', () => {
  test.each(['sqlite', 'postgresql'])('only adds, so that the release before it serves on beside it (%s)', (kind) => {
    const later = readdirSync(join(MIGRATIONS_FOLDER, kind)).filter((name) => name > STOP_ALL_UPGRADE)
    const scripts = later.map((name) => readFileSync(join(MIGRATIONS_FOLDER, kind, name, 'migration.sql'), 'utf8'))
    // Rules of a table that the same migration makes are none for the release before, which does not know it.
    const isOfNewTable = (script: string, statement: string) => {
      const [, table] = /^(?:CREATE UNIQUE INDEX "\w+" ON|ALTER TABLE) "(\w+)"(?:\(| ADD CONSTRAINT )/.exec(statement) ?? []
      return table !== undefined && script.includes(`CREATE TABLE "${table}" (`)
    }
    const refused = scripts.flatMap((script) =>
      statementsOf(script).filter((statement) => !isAdding(statement) && !isOfNewTable(script, statement)),
    )
    expect(refused).toEqual([])
    expect(readdirSync(join(MIGRATIONS_FOLDER, kind))).toContain(STOP_ALL_UPGRADE)
  })

  test.each([
    ['CREATE TABLE "a" ("x" TEXT NOT NULL)', true],
    ['CREATE INDEX "i" ON "a"("x")', true],
    ['ALTER TABLE "a" ADD COLUMN     "y" TIMESTAMP(3)', true],
    ['ALTER TABLE "a" ADD COLUMN "y" BOOLEAN NOT NULL DEFAULT false', true],
    ['ALTER TABLE "a" ADD COLUMN "y" TEXT NOT NULL', false],
    ['UPDATE "providers" SET "name" = \'x\'', false],
    ['CREATE UNIQUE INDEX "i" ON "a"("x")', false],
    ['ALTER TABLE "a" DROP COLUMN "x"', false],
    ['ALTER TABLE "a" RENAME COLUMN "x" TO "z"', false],
    ['ALTER TABLE "a" ALTER COLUMN "x" TYPE INTEGER', false],
    ['DROP TABLE "a"', false],
  ])('may say: %s (%s)', (statement, may) => {
    expect(isAdding(statement)).toBe(may)
  })
})

describeDatabases('the runner', (databases, kind) => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gateway-migrations-'))
    cpSync(MIGRATIONS_FOLDER, folder, { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const ours = readdirSync(join(MIGRATIONS_FOLDER, kind))
  const add = (name: string, sql: string) => {
    mkdirSync(join(folder, kind, name))
    writeFileSync(join(folder, kind, name, 'migration.sql'), sql)
  }
  const names = async (database: Database) => {
    const rows = await database.prisma.$queryRaw<{ migration_name: string }[]>`SELECT migration_name FROM _prisma_migrations ORDER BY 1`
    return rows.map((row) => row.migration_name)
  }
  const failureOf = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error)

  test('applies all migrations to an empty database, and names those that change it', async () => {
    const database = await databases.open(await databases.freshUrl())
    expect(await migrationsApplied(database)).toBe(false)
    const log: string[] = []
    await migrate(database, (message) => log.push(message))
    const sqlOf = (name: string) => readFileSync(join(MIGRATIONS_FOLDER, kind, name, 'migration.sql'), 'utf8')
    const changing = ours.filter((name) => statementsOf(sqlOf(name)).length > 0)
    expect(log).toEqual(changing.map((name) => `Applied the migration ${name}.`))
    expect(await names(database)).toEqual(ours)
    expect(await migrationsApplied(database)).toBe(true)
    expect(await database.prisma.provider.count()).toBe(0)
  })

  test('keeps its record as the tools of Prisma do', async () => {
    const database = await databases.open(await databases.freshUrl())
    await migrate(database)
    const [row] = await database.prisma.$queryRaw<Record<string, unknown>[]>`SELECT * FROM _prisma_migrations ORDER BY migration_name`
    expect(row).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      migration_name: ours[0],
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
    })
    for (const time of [row?.started_at, row?.finished_at]) expect(Date.now() - Number(time)).toBeLessThan(60_000)
  })

  test('does nothing the second time, and applies what is new in order', async () => {
    const database = await databases.open()
    const log: string[] = []
    await migrate(database, (message) => log.push(message))
    expect(log).toEqual([])
    add('29990101000000_second', 'INSERT INTO "steps" VALUES (\'second\');\n')
    add('29980101000000_first', 'CREATE TABLE "steps" (\n    "name" TEXT NOT NULL\n);\n')
    expect(await migrationsApplied(database, folder)).toBe(false)
    await migrate(database, (message) => log.push(message), folder)
    expect(log).toEqual(['Applied the migration 29980101000000_first.', 'Applied the migration 29990101000000_second.'])
  })

  test('refuses a migration that was changed after it was applied', async () => {
    const database = await databases.open()
    const [first = ''] = ours
    writeFileSync(join(folder, kind, first, 'migration.sql'), '-- Changed.\n')
    expect(await failureOf(migrate(database, undefined, folder))).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(`The migration ${first} in the database differs from the file`),
    })
  })

  test('refuses a database of a newer release, though one that is running serves on', async () => {
    const database = await databases.open()
    add('29990101000000_newer', 'CREATE TABLE "newer" (\n    "x" TEXT\n);\n')
    await migrate(database, undefined, folder)
    expect(await failureOf(migrate(database))).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('The migration 29990101000000_newer in the database is not known to this release'),
    })
    expect(await migrationsApplied(database)).toBe(true)
  })

  test('stays ready while an upgrade puts the files of a newer release there', async () => {
    const database = await databases.open()
    const isReady = createReadiness(database, folder)
    add('29990101000000_newer', 'CREATE TABLE "newer" (\n    "x" TEXT\n);\n')
    expect(await isReady()).toBe(true)
    await migrate(database, undefined, folder)
    expect(await isReady()).toBe(true)
    expect(await createReadiness(await databases.open(), folder)()).toBe(false)
  })

  test('refuses a migration that another tool left unfinished, and forgets one that it rolled back', async () => {
    const database = await databases.open()
    await database.prisma.$executeRaw`UPDATE _prisma_migrations SET finished_at = NULL`
    expect(await failureOf(migrate(database))).toMatchObject({ message: expect.stringContaining('was begun by another tool') })
    await database.prisma.$executeRaw`UPDATE _prisma_migrations SET rolled_back_at = CURRENT_TIMESTAMP`
    expect(await failureOf(migrate(database))).toMatchObject({ message: expect.stringContaining('already exists') })
  })

  test('undoes a migration that fails, and applies it once it is mended', async () => {
    const database = await databases.open()
    add('29990101000000_broken', 'CREATE TABLE "half" (\n    "x" TEXT\n);\nINSERT INTO "nowhere" VALUES (1);\n')
    const failure = await failureOf(migrate(database, undefined, folder))
    expect(failure).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^The migration 29990101000000_broken failed and was undone: .*nowhere/),
    })
    expect(await names(database)).toEqual(ours)
    rmSync(join(folder, kind, '29990101000000_broken'), { recursive: true })
    add('29990101000000_broken', 'CREATE TABLE "half" (\n    "x" TEXT\n);\n')
    await migrate(database, undefined, folder)
    expect(await names(database)).toEqual([...ours, '29990101000000_broken'])
  })

  test('keeps the rows that refer to a table which is changed', async () => {
    const database = await databases.open()
    const provider = await database.prisma.provider.create({ data: providerRow('openai') })
    const key = { id: 'key', providerId: provider.id, masked: '...', createdAt: new Date() }
    await database.prisma.apiKey.create({ data: key })
    const schema = deriveSchemas(readFileSync('prisma/schema.prisma', 'utf8'))[kind]
    const changed = schema.replace(/(icon +)String( +)@default\(""\)/, '$1String?$2')
    const sql = await diff(offlineAdapter(kind === 'sqlite' ? 'sqlite' : 'postgres'), schema, changed)
    expect(sql).toContain(kind === 'sqlite' ? 'DROP TABLE "providers"' : 'ALTER TABLE "providers"')
    if (kind === 'sqlite') expect(sql).toContain('WHERE deleted_at IS NULL')
    add('29990101000000_icon_may_be_missing', sql)
    await migrate(database, undefined, folder)
    expect(await database.prisma.apiKey.findMany({ select: { id: true, providerId: true } })).toEqual([
      { id: 'key', providerId: provider.id },
    ])
    expect(await failureOf(database.prisma.apiKey.create({ data: { ...key, id: 'other', providerId: 'none' } }))).toMatchObject({
      code: 'P2003',
    })
  })

  test.runIf(kind === 'sqlite')('refuses a migration that leaves a row without the one that it refers to', async () => {
    const database = await databases.open()
    const provider = await database.prisma.provider.create({ data: providerRow('openai') })
    await database.prisma.apiKey.create({ data: { id: 'key', providerId: provider.id, masked: '...', createdAt: new Date() } })
    add('29990101000000_careless', 'DELETE FROM "providers";\n')
    expect(await failureOf(migrate(database, undefined, folder))).toMatchObject({
      message: expect.stringContaining('refers to a row of providers'),
    })
    expect(await database.prisma.provider.count()).toBe(1)
  })

  test('applies each migration once when processes and clients start together', async () => {
    const url = await databases.freshUrl()
    const clients = await Promise.all([1, 2, 3].map(() => databases.open(url)))
    const workers = [1, 2].map(() => runWorker(url, 'migrate'))
    await Promise.all(clients.map((client) => migrate(client)))
    await Promise.all(workers.map((worker) => worker.finished))
    expect(await names(await databases.open(url))).toEqual(ours)
  })
})
