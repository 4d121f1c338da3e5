import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../src/database/client.ts'
import { isUniqueViolation } from '../../../src/database/failures.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { ProviderNotFoundError, StartupError } from '../../../src/errors.ts'
import { Prisma } from '../../../src/generated/prisma-sqlite/client.ts'
import { describeDatabases } from '../../support/databases.ts'
import { auditRow, providerRow } from '../../support/rows.ts'
import { runWorker } from '../../support/run-worker.ts'

const LIVE_NAME = { name: 'providers_live_name_key', columns: ['name'] }
const conflict = () => new Prisma.PrismaClientKnownRequestError('A conflict.', { code: 'P2034', clientVersion: '' })

test('a URL of another database is refused without repeating it', async () => {
  const error = await openDatabase('mysql://gateway:s3cret@db/gateway').catch((error: unknown) => error)
  expect(error).toBeInstanceOf(StartupError)
  expect(String(error)).toContain('postgresql://')
  expect(String(error)).not.toContain('s3cret')
})

describeDatabases('the client', (databases, kind) => {
  const failureOf = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error)
  const actions = async (database: Database) => (await database.prisma.auditEvent.findMany()).map(({ action }) => action)

  test('answers a ping, unless it takes too long', async () => {
    const url = await databases.freshUrl()
    const database = await databases.open(kind === 'sqlite' ? url : `${url}?connection_limit=1`)
    await migrate(database)
    expect(await database.ping(5_000)).toBe(true)
    await database.write(async () => expect(await database.ping(50)).toBe(false))
    expect(await database.ping(5_000)).toBe(true)
  })

  test('commits what the work did, and nothing of work that throws', async () => {
    const database = await databases.open()
    await database.write((tx) => tx.auditEvent.create({ data: auditRow('kept') }))
    const failure = await failureOf(
      database.write(async (tx) => {
        await tx.auditEvent.create({ data: auditRow('dropped') })
        throw new ProviderNotFoundError()
      }),
    )
    expect(failure).toBeInstanceOf(ProviderNotFoundError)
    expect(await actions(database)).toEqual(['kept'])
    expect(database.statistics(), 'a refusal by a rule is no failure of the database').toMatchObject({ writes: 1, failures: 0 })
  })

  test('shows in a snapshot one state of the data, whatever is committed meanwhile', async () => {
    const url = await databases.freshUrl()
    const [one, other] = [await databases.open(url), await databases.open(url)]
    await migrate(one)
    let written: Promise<unknown> = Promise.resolve()
    const seen = await one.snapshot(async (tx) => {
      const before = await tx.auditEvent.count()
      written = other.write((writer) => writer.auditEvent.create({ data: auditRow('meanwhile') }))
      // SQLite lets it wait.
      if (kind === 'postgresql') await written
      return [before, await tx.auditEvent.count()]
    })
    await written
    expect(seen).toEqual([0, 0])
    expect(await one.prisma.auditEvent.count()).toBe(1)
  })

  test('does not lose or show a write made beside a transaction that rolls back, 200 times', async () => {
    const database = await databases.open()
    let dirty = 0
    for (let round = 0; round < 200; round++) {
      const beside: Promise<unknown>[] = []
      const rolledBack = database.write(async (tx) => {
        await tx.auditEvent.create({ data: auditRow('dropped') })
        beside.push(database.prisma.auditEvent.create({ data: auditRow('kept') }))
        beside.push(database.prisma.auditEvent.count({ where: { action: 'dropped' } }).then((count) => (dirty += count)))
        await sleep(0)
        throw new ProviderNotFoundError()
      })
      await failureOf(rolledBack)
      await Promise.all(beside)
    }
    expect(dirty).toBe(0)
    expect(await actions(database)).toEqual(Array(200).fill('kept'))
  })

  test('makes 50 writes at once, none of which fails', async () => {
    const database = await databases.open()
    const write = () =>
      database.write(async (tx) => {
        await tx.auditEvent.count()
        await tx.auditEvent.create({ data: auditRow('one of many') })
      })
    await Promise.all(Array.from({ length: 50 }, write))
    expect(await database.prisma.auditEvent.count()).toBe(50)
  })

  test('lets two processes write at once, and no write of either fails', async () => {
    const url = await databases.freshUrl()
    const database = await databases.open(url)
    await migrate(database)
    await Promise.all([runWorker(url, 'write').finished, runWorker(url, 'write').finished])
    expect(await database.prisma.auditEvent.count()).toBe(400)
  })

  test('runs the whole work again after a conflict', async () => {
    const database = await databases.open()
    let attempts = 0
    await database.write(async (tx) => {
      attempts += 1
      await tx.auditEvent.create({ data: auditRow(`attempt ${attempts}`) })
      if (attempts < 3) throw conflict()
    })
    expect(await actions(database)).toEqual(['attempt 3'])
  })

  test('gives up when the conflict stays, and says when to try again', async () => {
    const database = await databases.open()
    const failure = await failureOf(database.write(() => Promise.reject(conflict())))
    expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 })
    expect(database.statistics()).toMatchObject({ writes: 0, failures: 1 })
  })

  test('ends a transaction at the first statement that fails', async () => {
    const database = await databases.open()
    const failure = await failureOf(
      database.write(async (tx) => {
        await tx.provider.create({ data: providerRow('openai') })
        await failureOf(tx.provider.create({ data: providerRow('openai') }))
        await tx.provider.create({ data: providerRow('anthropic') })
      }),
    )
    expect(failure).toBeInstanceOf(Error)
    expect(await database.prisma.provider.count()).toBe(0)
  })

  test('knows which unique index a write broke', async () => {
    const database = await databases.open()
    const first = await database.prisma.provider.create({ data: providerRow('openai') })
    const nameTaken = await failureOf(database.write((tx) => tx.provider.create({ data: providerRow('openai') })))
    expect(isUniqueViolation(nameTaken, LIVE_NAME)).toBe(true)
    const idTaken = await failureOf(database.write((tx) => tx.provider.create({ data: providerRow('other', { id: first.id }) })))
    expect(isUniqueViolation(idTaken, LIVE_NAME)).toBe(false)
    expect(isUniqueViolation(idTaken, { name: 'providers_id_key', columns: ['id'] })).toBe(true)
    expect(isUniqueViolation(new Error('name'), LIVE_NAME)).toBe(false)
  })

  test('frees the name of a deleted provider', async () => {
    const database = await databases.open()
    await database.prisma.provider.create({ data: providerRow('openai', { deletedAt: new Date() }) })
    await database.prisma.provider.create({ data: providerRow('openai', { deletedAt: new Date() }) })
    await database.prisma.provider.create({ data: providerRow('openai') })
    expect(await database.prisma.provider.count({ where: { name: 'openai' } })).toBe(3)
  })

  test('keeps the references between rows', async () => {
    const database = await databases.open()
    const key = { id: 'key', providerId: 'none', masked: '...', createdAt: new Date() }
    expect(await failureOf(database.prisma.apiKey.create({ data: key }))).toMatchObject({ code: 'P2003' })
  })
})
