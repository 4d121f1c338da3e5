import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openActivity, openActivityIfThere } from '../../../src/activity/activity.ts'
import { copyActivity, countActivity } from '../../../src/activity/copy-activity.ts'
import { createBacklog } from '../../../src/backlog.ts'
import { type Database, openDatabase } from '../../../src/database/client.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { type DataMigration, migrateData as migrateDataWith } from '../../../src/database/migrate-data.ts'
import { Prisma } from '../../../src/generated/prisma-sqlite/client.ts'
import { createUsage } from '../../../src/usage/usage.ts'
import { callRecord } from '../../support/call-records.ts'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../support/postgres.ts'
import { auditRow, providerRow } from '../../support/rows.ts'

const now = new Date('2026-03-04T05:06:07.089Z')

const more = { count: countActivity, copy: copyActivity }
const migrateData = (options: Omit<DataMigration, 'more'>) => migrateDataWith({ ...options, more })

const log = () => {}
const fail = (error: unknown) => {
  throw error
}

/** Rows in every table, with whatever a column can hold, and numbers with gaps. */
async function fill(database: Database): Promise<void> {
  const { prisma, write } = database
  const activity = await openActivity(database, log)
  await activity.write((tx) => tx.lastUse.createMany({ data: Array.from({ length: 703 }, (_, n) => ({ id: `used ${n}`, at: now })) }))
  const usage = createUsage(activity, { callDays: 60, clock: () => now, onError: fail }, createBacklog())
  for (let n = 0; n < 703; n++) usage.record(callRecord({ model: `model ${n % 250}`, startedAt: now.getTime() - n * 60_000 }))
  await usage.close()
  await activity.close()
  await prisma.encryptionKey.create({ data: { kid: 'kid', canary: 'sealed', createdAt: now } })
  await prisma.provider.create({ data: providerRow('deleted', { deletedAt: now, number: 3 }) })
  const settings = { bedrock: { region: 'eu-west-1', note: 'größer, "quoted", \\ and 💡' } }
  const more = { number: 7, settings, network: { extraHeaders: [] }, endpointChangedAt: now, icon: "O'Reilly" }
  const { id: providerId } = await prisma.provider.create({ data: providerRow('openai', more) })
  await prisma.providerSecret.create({ data: { providerId, field: 'bedrock.accessKey', sealed: 'gw1.kid.a.b', kid: 'kid' } })
  const route = { id: 'route', name: 'fast', description: 'Größer.', retryAfterTimeout: true, createdAt: now, updatedAt: now, number: 4 }
  await prisma.modelRoute.create({ data: route })
  await prisma.routeTarget.create({
    data: { id: 'target', routeId: 'route', providerId, model: 'gpt-5', weight: 0.5, priority: 2, number: 9 },
  })
  await prisma.apiKey.create({ data: { id: 'key', providerId, masked: 'sk-...', weight: 0.25, enabled: false, createdAt: now } })
  await prisma.apiKeySecret.create({ data: { apiKeyId: 'key', sealed: 'gw1.kid.c.d', kid: 'kid', fingerprint: 'f' } })
  const outcome = { status: 'OK', message: 'It works.', keyVerified: true, durationMs: 12, modelCount: 2, testedAt: now } as const
  await prisma.modelList.create({ data: { id: 'list', providerId, names: ['a', 'b'] } })
  await prisma.connectionTest.create({
    data: { id: 'test', modelListId: 'list', providerId, apiKeyId: 'key', httpStatus: 200, ...outcome },
  })
  await prisma.apiKey.update({ where: { id: 'key' }, data: { lastConnectionTestId: 'test' } })
  await prisma.provider.update({ where: { id: providerId }, data: { lastConnectionTestId: 'test' } })
  const token = { lookupId: 'lookup', secretDigest: 'hash', name: 'ci', role: 'EDITOR', source: 'API' } as const
  await prisma.accessToken.create({
    data: { id: 'token', ...token, calls: { version: 1, models: ['a'] }, createdAt: now, expiresAt: now, number: 11 },
  })
  await prisma.auditEvent.createMany({
    data: Array.from({ length: 1_203 }, (_, index) => ({ ...auditRow(`event ${index}`), revision: index })),
  })
  await write((tx) => tx.auditEvent.create({ data: { ...auditRow('last'), changes: { name: 'openai' } } }))
}

async function contentOf(database: Database): Promise<Record<string, unknown[]>> {
  const { prisma } = database
  const activity = await openActivityIfThere(database)
  const lastUses = (await activity?.prisma.lastUse.findMany({ orderBy: { id: 'asc' } })) ?? []
  const calls = (await activity?.prisma.modelCall.findMany({ orderBy: { id: 'asc' } })) ?? []
  const sums = (await activity?.prisma.usageSum.findMany({ orderBy: [{ hours: 'asc' }, { at: 'asc' }, { model: 'asc' }] })) ?? []
  const names = (await activity?.prisma.usageName.findMany({ orderBy: { id: 'asc' } })) ?? []
  await activity?.close()
  const byNumber = { orderBy: { number: 'asc' } } as const
  return {
    EncryptionKey: await prisma.encryptionKey.findMany(),
    Provider: await prisma.provider.findMany(byNumber),
    ModelList: await prisma.modelList.findMany(byNumber),
    ModelRoute: await prisma.modelRoute.findMany(byNumber),
    RouteTarget: await prisma.routeTarget.findMany(byNumber),
    ProviderSecret: await prisma.providerSecret.findMany(),
    ApiKey: await prisma.apiKey.findMany(byNumber),
    ApiKeySecret: await prisma.apiKeySecret.findMany(),
    ConnectionTest: await prisma.connectionTest.findMany(byNumber),
    AccessToken: await prisma.accessToken.findMany(byNumber),
    AuditEvent: await prisma.auditEvent.findMany(byNumber),
    LastUse: lastUses,
    ModelCall: calls,
    UsageSum: sums,
    UsageName: names,
    Revision: await prisma.revision.findMany(),
  }
}

let folder = ''
let files = 0
let server: PostgresServer | null = null
let opened: Database[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-migrate-data-'))
  server = postgresPrograms === null ? null : await startPostgres()
})
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()))
  opened = []
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The URL of a database that is empty, or does not exist yet. */
async function freshUrl(kind: 'SQLite' | 'PostgreSQL'): Promise<string> {
  files += 1
  return kind === 'PostgreSQL' && server !== null ? server.freshUrl() : `file:${join(folder, `${files}.db`)}`
}

async function open(url: string): Promise<Database> {
  const database = await openDatabase(url)
  opened.push(database)
  return database
}

/** A database with rows, for tests that read it alone. */
const sources = new Map<string, Promise<string>>()
function sourceUrl(kind: 'SQLite' | 'PostgreSQL'): Promise<string> {
  const url = sources.get(kind) ?? filledUrl(kind)
  sources.set(kind, url)
  return url
}

async function filledUrl(kind: 'SQLite' | 'PostgreSQL'): Promise<string> {
  const url = await freshUrl(kind)
  const database = await open(url)
  await migrate(database)
  await fill(database)
  return url
}

const refusalOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

describe.each([
  ['SQLite', 'PostgreSQL'],
  ['PostgreSQL', 'SQLite'],
  ['SQLite', 'SQLite'],
] as const)('from %s to %s', (source, target) => {
  const available = postgresPrograms !== null || (source === 'SQLite' && target === 'SQLite')

  test.runIf(available)('every row of every table is copied as it is, and new numbers go on behind them', async () => {
    const [from, to] = [await sourceUrl(source), await freshUrl(target)]
    const counts = await migrateData({ from, to, log })
    const expected = await contentOf(await open(from))
    const copy = await open(to)
    expect(await contentOf(copy)).toEqual(expected)
    expect(Object.keys(expected).sort()).toEqual(Object.keys(Prisma.ModelName).sort())
    for (const [name, count] of Object.entries(counts)) expect(count).toBe(expected[name]?.length)
    expect((await copy.prisma.provider.create({ data: providerRow('next') })).number).toBe(8)
    await copy.write((tx) => tx.auditEvent.create({ data: auditRow('next') }))
    expect((await copy.prisma.auditEvent.findFirst({ where: { action: 'next' } }))?.number).toBe(1_205)
  })

  test.runIf(available)('a target that has data is left as it is', async () => {
    const [from, to] = [await sourceUrl(source), await filledUrl(target)]
    const before = await contentOf(await open(to))
    const refusal = await refusalOf(migrateData({ from, to, log }))
    expect(refusal).toMatchObject({ exitCode: 78, message: expect.stringContaining('already has data') })
    expect(await contentOf(await open(to))).toEqual(before)
  })

  test.runIf(available)('a copy that fails half way leaves nothing in the target', async () => {
    const [from, to] = [await sourceUrl(source), await freshUrl(target)]
    const stop = (message: string) => {
      if (message.includes('of ConnectionTest')) throw new Error('The plug was pulled.')
    }
    expect(await refusalOf(migrateData({ from, to, log: stop }))).toMatchObject({ message: 'The plug was pulled.' })
    const { Revision, ...tables } = await contentOf(await open(to))
    expect(Object.values(tables).flat()).toEqual([])
    await migrateData({ from, to, log })
  })
})

test('a source that no gateway of this release has used is refused, and the target is not touched', async () => {
  const [from, to] = [await freshUrl('SQLite'), await freshUrl('SQLite')]
  const missing = { exitCode: 78, message: expect.stringContaining('There is no database') }
  expect(await refusalOf(migrateData({ from, to, log }))).toMatchObject(missing)
  expect(existsSync(from.replace('file:', ''))).toBe(false)
  writeFileSync(from.replace('file:', ''), '')
  const empty = { exitCode: 78, message: expect.stringContaining('is not up to date with this release') }
  expect(await refusalOf(migrateData({ from, to, log }))).toMatchObject(empty)
  expect(existsSync(to.replace('file:', ''))).toBe(false)
})

test('one database is not both', async () => {
  const from = await sourceUrl('SQLite')
  expect(await refusalOf(migrateData({ from, to: from, log }))).toMatchObject({ message: expect.stringContaining('the same database') })
})

test('whoever watches is told of the rows of activity, too, which are the most', async () => {
  const seen = { total: 0, done: 0 }
  const progress = {
    begin: (total: number) => void Object.assign(seen, { total }),
    at: (done: number) => void Object.assign(seen, { done }),
  }
  const told: string[] = []
  const [from, to] = [await sourceUrl('SQLite'), await freshUrl('SQLite')]
  const counts = await migrateData({ from, to, progress, log: (message) => told.push(message) })
  const { Revision, ...copied } = await contentOf(await open(from))
  expect(seen).toEqual({ total: Object.values(copied).flat().length, done: seen.total })
  expect(told).toContain(`Copied ${counts.ModelCall} rows of ModelCall.`)
})

test('activity of an earlier release is refused, not left out', async () => {
  const [from, to] = [await filledUrl('SQLite'), await freshUrl('SQLite')]
  const activity = await open(from.replace('.db', '-activity.db'))
  await activity.prisma.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_usage'`
  const outdated = { exitCode: 78, message: expect.stringMatching(/-activity\.db is not up to date with this release/) }
  expect(await refusalOf(migrateData({ from, to, log }))).toMatchObject(outdated)
})
