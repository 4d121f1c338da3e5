import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '../../../src/database/client.ts'
import { toUnavailable } from '../../../src/database/failures.ts'
import { migrate, migrationsApplied } from '../../../src/database/migrate.ts'
import { postgresPrograms, startPostgres } from '../../support/postgres.ts'
import { auditRow } from '../../support/rows.ts'
import { useStarted } from '../../support/use-started.ts'

const failureOf = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error)
const away = { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 10 }

describe('the URL', () => {
  test('of a server that is away gives one line without the password', async () => {
    const error = await failureOf(openDatabase('postgresql://gateway:s3cret@127.0.0.1:1/gateway'))
    expect(error).toMatchObject({ exitCode: 1 })
    expect(String(error)).toMatch(/^Error: The database postgresql:\/\/127\.0\.0\.1:1\/gateway cannot be reached \(.+\)\. Check .+\.$/)
    expect(String(error)).not.toContain('s3cret')
  })

  test.each(['localhost:1', 'no-such-host.invalid'])('names %s as the server that cannot be reached', async (host) => {
    expect(await failureOf(openDatabase(`postgres://${host}/gateway`))).toMatchObject({ exitCode: 1 })
  })

  test.each(['s3c#ret', 's3c/ret', 's3c?ret', 's3c%ret', '12#s3cret', '12/s3cret', '12?s3cret', '#s3cret', '/s3cret', '?s3cret'])(
    'with %s as its password says how to write it, and does not show it',
    async (password) => {
      const error = await failureOf(openDatabase(`postgresql://gateway:${password}@db.invalid:5432/gateway`))
      expect(error).toMatchObject({ exitCode: 78, message: expect.stringMatching(/%23.*PGPASSWORD/) })
      expect(String(error)).not.toMatch(/s3c|ret@/)
    },
  )

  test.each([
    'connection_limit=0',
    'pool_timeout=ten',
    'statement_timeout=15s',
    'idle_in_transaction_session_timeout=-1',
    'sslrootcert=/nowhere',
  ])('with %s is refused by the name of the parameter, before anything is asked', async (parameter) => {
    const error = await failureOf(openDatabase(`postgresql://gateway:s3cret@127.0.0.1:1/gateway?${parameter}`))
    const [name = ''] = parameter.split('=')
    expect(error).toMatchObject({ exitCode: 78, message: expect.stringContaining(`The parameter ${name} of the database URL`) })
    expect(String(error)).not.toContain('s3cret')
  })

  test.each(['postgresql://gateway:s3cret@[/gateway', 'postgresql://gateway:s3cret@db/gateway?connection_limit=none'])(
    'is refused when it is not valid: %s',
    async (url) => {
      const error = await failureOf(openDatabase(url))
      expect(error).toMatchObject({ exitCode: 78 })
      expect(String(error)).not.toContain('s3cret')
    },
  )
})

describe.skipIf(postgresPrograms === null)('a password outside the URL', () => {
  const password = 's3c#r/t?@:%'

  afterEach(() => vi.unstubAllEnvs())

  test('is taken from PGPASSWORD as it is, with every character that a URL would need encoded, and is never shown', async () => {
    const server = await startPostgres()
    const url = await server.freshUrl()
    await askForPasswords(url)
    vi.stubEnv('PGPASSWORD', password)
    const database = await openDatabase(url)
    expect(await database.prisma.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }])
    await database.close()
    vi.stubEnv('PGPASSWORD', 'wr0ng#')
    const refused = await failureOf(openDatabase(url))
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(String(refused)).not.toContain('wr0ng')
    await server.stop()
  })

  /** Makes the server ask everybody for a password, as it does unless it is set up for tests. */
  async function askForPasswords(url: string): Promise<void> {
    const { prisma, close } = await openDatabase(url)
    const [found] = await prisma.$queryRaw<{ hba_file: string }[]>`SHOW hba_file`
    await prisma.$executeRawUnsafe(`ALTER ROLE CURRENT_USER PASSWORD '${password}'`)
    writeFileSync(found?.hba_file ?? '', 'host all all 127.0.0.1/32 scram-sha-256\n')
    await prisma.$queryRaw`SELECT pg_reload_conf()`
    await close()
  }
})

describe.skipIf(postgresPrograms === null)('a server that talks TLS', () => {
  test('is talked to in private when the URL says so, and refused when its certificate is not known', async () => {
    const server = await startPostgres({ tls: true })
    const url = await server.freshUrl()
    const database = await openDatabase(`${url}?sslmode=verify-full&sslrootcert=${server.certificate}`)
    const own = database.prisma.$queryRaw`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`
    expect(await own).toEqual([{ ssl: true }])
    await database.close()
    expect(await failureOf(openDatabase(`${url}?sslmode=verify-full`))).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('certificate'),
    })
    await server.stop()
  })
})

describe.skipIf(postgresPrograms === null)('the server', () => {
  let database: Database
  let url: string
  const server = useStarted(startPostgres)
  beforeAll(async () => {
    url = await server.freshUrl()
    database = await openDatabase(url)
    await migrate(database)
  })
  afterAll(async () => {
    await database.close()
  })

  test('is asked with the settings in the URL', async () => {
    const strict = await openDatabase(`${url}?statement_timeout=200&connection_limit=1`)
    expect(toUnavailable(await failureOf(strict.prisma.$queryRaw`SELECT pg_sleep(5)::text`))).toMatchObject(away)
    await strict.close()
  })

  test('with no connection left gives a fault after the time in the URL', async () => {
    const small = await openDatabase(`${url}?connection_limit=1&pool_timeout=1`)
    const inner = await small.write(() => failureOf(small.prisma.auditEvent.count()))
    expect(toUnavailable(inner)).toMatchObject(away)
    await small.close()
  })

  test('that allows no tables to be made gives one line', async () => {
    await database.prisma.$executeRaw`CREATE ROLE guest LOGIN`
    const guest = await openDatabase(`${url.replace('postgres@', 'guest@')}?schema=nowhere`)
    const failure = await failureOf(migrate(guest))
    expect(failure).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        /^The database postgresql:.* cannot be migrated: .*\. Create the schema that DATABASE_URL names, .*\.$/,
      ),
    })
    await guest.close()
  })

  test('keeps the tables in the schema that the URL names', async () => {
    await database.prisma.$executeRaw`CREATE SCHEMA "gateway"`
    const other = await openDatabase(`${url}?schema=gateway`)
    expect(await migrationsApplied(other)).toBe(false)
    await migrate(other)
    await other.write((tx) => tx.auditEvent.create({ data: auditRow('in another schema') }))
    expect(await other.prisma.auditEvent.count()).toBe(1)
    expect(await database.prisma.auditEvent.count()).toBe(0)
    await other.close()
  })

  test('may end a connection: that work fails with a fault, and the next succeeds', async () => {
    const other = await openDatabase(`${url}?application_name=victim`)
    const end = () => database.prisma.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'`
    const failure = await failureOf(
      other.write(async (tx) => {
        await tx.auditEvent.create({ data: auditRow('dropped') })
        await end()
        await sleep(100)
        await tx.auditEvent.create({ data: auditRow('dropped') })
      }),
    )
    expect(failure).toMatchObject(away)
    await end()
    await sleep(100)
    await other.write((tx) => tx.auditEvent.create({ data: auditRow('kept') }))
    expect(await database.prisma.auditEvent.findMany()).toMatchObject([{ action: 'kept' }])
    await other.close()
  })

  test('that falls silent is given up, and asked again when it is back', async () => {
    const network = await startNetwork(Number(new URL(url).port))
    const far = await openDatabase(`${url.replace(/:\d+\//, `:${network.port}/`)}?statement_timeout=500`)
    expect(await far.prisma.auditEvent.count()).toBeGreaterThanOrEqual(0)
    network.hold()
    const started = performance.now()
    const [read, write] = await Promise.all([failureOf(far.prisma.auditEvent.count()), failureOf(far.write((tx) => tx.auditEvent.count()))])
    expect(toUnavailable(read)).toMatchObject(away)
    expect(write).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(performance.now() - started).toBeLessThan(20_000)
    network.release()
    await far.write((tx) => tx.auditEvent.create({ data: auditRow('after the silence') }))
    await far.close()
    network.close()
  })

  test('makes writers that block each other take turns', async () => {
    await database.prisma.auditEvent.createMany({ data: [auditRow('a'), auditRow('b')] })
    const both = (first: string, second: string) =>
      database.write(async (tx) => {
        await tx.auditEvent.updateMany({ where: { action: first }, data: { actor: first } })
        await sleep(100)
        await tx.auditEvent.updateMany({ where: { action: second }, data: { actor: first } })
      })
    await Promise.all([both('a', 'b'), both('b', 'a')])
  })

  test('may go away: reads and writes fail with a fault, and a ping says so', async () => {
    await server.kill()
    expect(await failureOf(database.write((tx) => tx.auditEvent.count()))).toMatchObject(away)
    expect(toUnavailable(await failureOf(database.prisma.auditEvent.count()))).toMatchObject(away)
    expect(await database.ping(1_000)).toBe(false)
  })
})

/** A network that can swallow everything, as one does whose other end has lost its power. */
async function startNetwork(target: number) {
  const sockets = new Set<Socket>()
  let held = false
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => held || to.write(chunk))
      from.on('error', () => {})
      from.on('close', () => held || to.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hold: () => {
      held = true
    },
    release: () => {
      held = false
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
