import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backUp } from '../../../src/database/back-up.ts'
import { type Database, openDatabase } from '../../../src/database/client.ts'
import { adviceOnWriting } from '../../../src/database/failures.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { StartupError } from '../../../src/errors.ts'
import { auditRow } from '../../support/rows.ts'
import { runWorker } from '../../support/run-worker.ts'

let folder = ''
let opened: Database[] = []
const urlOf = (name: string) => `file:${join(folder, name)}`

/** A connection as another program would have it. */
function otherProgram() {
  const config = { url: urlOf('gateway.db') }
  return new PrismaLibSql(config).createClient(config)
}

async function open(url = urlOf('gateway.db')): Promise<Database> {
  const database = await openDatabase(url)
  opened.push(database)
  return database
}

async function refusal(url: string): Promise<StartupError> {
  const error = await open(url).catch((failure: unknown) => failure)
  if (!(error instanceof StartupError)) throw new Error(`There is no refusal, but ${error}.`)
  return error
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-sqlite-'))
})
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()))
  opened = []
  rmSync(folder, { recursive: true, force: true })
})

test('a copy gets its name once it is whole: what a killed run leaves passes for no backup', async () => {
  const database = await open()
  const to = join(folder, 'copy.db')
  const { copyTo } = database.engine
  const isThere: boolean[] = []
  const modes: number[] = []
  const engine = {
    ...database.engine,
    copyTo: async (path: string) => {
      modes.push(statSync(path).mode & 0o777)
      await copyTo?.(path)
      isThere.push(existsSync(to))
    },
  }
  expect(await backUp({ ...database, engine }, to)).toBe(to)
  expect(isThere).toEqual([false])
  expect(modes, 'nobody else reads it meanwhile').toEqual([0o600])
  expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db'])
})

test('a copy that is damaged is no backup: it is refused, and nothing of it is left', async () => {
  const database = await open()
  await migrate(database)
  const { copyTo } = database.engine
  const engine = {
    ...database.engine,
    copyTo: async (path: string) => {
      await copyTo?.(path)
      writeFileSync(path, readFileSync(path).fill(0xff, 4_096 * 6, 4_096 * 9))
    },
  }
  await expect(backUp({ ...database, engine }, join(folder, 'copy.db'))).rejects.toThrow(/damaged|malformed/)
  expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual([])
})

test.each([
  ['ENOSPC', 'free some space'],
  ['EDQUOT', 'free some space'],
  ['EROFS', 'is read-only'],
  ['EACCES', 'Give access.'],
])('what cannot be written because of %s is told what helps', (code, advice) => {
  expect(adviceOnWriting(Object.assign(new Error('no'), { code }), 'Give access.')).toContain(advice)
})

describe('the file', () => {
  const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8)

  test('is made with its folder, for this user alone', async () => {
    const database = await open(urlOf('a/b/gateway.db'))
    await migrate(database)
    expect(modeOf('a')).toBe('700')
    expect(modeOf('a/b')).toBe('700')
    expect(modeOf('a/b/gateway.db')).toBe('600')
    expect(modeOf('a/b/gateway.db-wal')).toBe('600')
    expect(database.location).toBe(urlOf('a/b/gateway.db'))
  })

  test('may have a name that means something in a URL', async () => {
    await open(urlOf('a b%20#c.db'))
    expect(readdirSync(folder)).toContain('a b%20#c.db')
  })

  test('in a place that is no folder is refused with a line that says what to do', async () => {
    writeFileSync(join(folder, 'taken'), '')
    const error = await refusal(urlOf('taken/gateway.db'))
    expect(error.exitCode).toBe(1)
    expect(error.message).toContain(`write access to ${join(folder, 'taken')}`)
    expect(error.message).not.toContain('\n')
  })

  test.skipIf(process.getuid?.() === 0)('in a file that cannot be written is refused with the name of the file', async () => {
    writeFileSync(join(folder, 'gateway.db'), '', { mode: 0o400 })
    expect((await refusal(urlOf('gateway.db'))).message).toContain(`write access to ${join(folder, 'gateway.db')},`)
    rmSync(join(folder, 'gateway.db'))
  })

  test.skipIf(process.getuid?.() === 0)('in a folder that cannot be written is refused', async () => {
    chmodSync(folder, 0o500)
    expect(await refusal(urlOf('gateway.db'))).toMatchObject({ exitCode: 1 })
    chmodSync(folder, 0o700)
  })

  test('that is no database is refused', async () => {
    writeFileSync(join(folder, 'gateway.db'), 'This is a text, and long enough to be seen as one. '.repeat(100))
    const error = await refusal(urlOf('gateway.db'))
    expect(error.message).toMatch(/^The database .*gateway\.db cannot be opened: .*not a database.*$/)
  })

  test.each(['file:', 'file::memory:', 'file:gateway.db?mode=ro'])('is not what %s names', async (url) => {
    expect(await refusal(url)).toMatchObject({ exitCode: 78 })
  })
})

describe('the settings', () => {
  const settings = async (client: Pick<Database['prisma'], '$queryRawUnsafe'>) => {
    const values: Record<string, unknown> = {}
    for (const name of ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout']) {
      const [row] = await client.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`)
      values[name] = Object.values(row ?? {})[0]
    }
    return values
  }
  const safe = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1, busy_timeout: 5_000 }

  test('are safe before, in and after a transaction and a migration, and on a connection that is opened anew', async () => {
    const database = await open()
    expect(await settings(database.prisma)).toEqual(safe)
    await migrate(database)
    expect(await settings(database.prisma)).toEqual(safe)
    expect(await database.write(settings)).toEqual(safe)
    expect(await settings(database.prisma)).toEqual(safe)
    await database.prisma.$disconnect()
    expect(await settings(database.prisma)).toEqual(safe)
  })

  test('of a file in another journal mode are repaired', async () => {
    const other = otherProgram()
    await other.execute('PRAGMA journal_mode=DELETE')
    await other.execute('CREATE TABLE kept (x)')
    other.close()
    expect(await settings((await open()).prisma)).toEqual(safe)
  })
})

describe('the connection', () => {
  test('is one: transactions do not use up file descriptors', async () => {
    const database = await open()
    await migrate(database)
    const descriptors = () => readdirSync('/proc/self/fd').length
    const before = descriptors()
    for (let i = 0; i < 300; i++) await database.write((tx) => tx.auditEvent.create({ data: auditRow('one of many') }))
    expect(descriptors()).toBe(before)
  })

  test('takes a lone value of any kind: nothing, text, a number, bytes', async () => {
    const { prisma } = await open()
    await prisma.$executeRaw`CREATE TABLE kept (value)`
    const values = [null, 'text', 1.5, new Uint8Array([1, 2])]
    for (const value of values) await prisma.$executeRaw`INSERT INTO kept VALUES (${value})`
    const kinds = await prisma.$queryRaw<object[]>`SELECT typeof(value) AS kind FROM kept`
    expect(kinds.map((row) => Object.values(row)[0])).toEqual(['null', 'text', 'real', 'blob'])
    expect(await prisma.$queryRaw`SELECT 1 WHERE ${null} IS NULL`).toHaveLength(1)
  })

  test('waits for another process that writes, and neither the program nor its reads stop meanwhile', async () => {
    const database = await open()
    await migrate(database)
    const holder = runWorker(urlOf('gateway.db'), 'hold')
    await holder.begun
    let written = false
    const write = database.write((tx) => tx.auditEvent.create({ data: auditRow('waited') })).then(() => (written = true))
    let longestPause = 0
    for (let i = 0; i < 20; i++) {
      const started = performance.now()
      expect(await database.prisma.auditEvent.count()).toBe(0)
      await sleep(5)
      longestPause = Math.max(longestPause, performance.now() - started)
    }
    expect(written).toBe(false)
    expect(longestPause).toBeLessThan(1_000)
    await Promise.all([write, holder.finished])
    expect(await database.prisma.auditEvent.count()).toBe(2)
  })

  test('commits after a statement that found the database busy', async () => {
    const database = await open()
    await migrate(database)
    const other = otherProgram()
    await other.execute('BEGIN IMMEDIATE')
    await database.prisma.$queryRawUnsafe('PRAGMA busy_timeout=0')
    await expect(database.prisma.auditEvent.create({ data: auditRow('refused') })).rejects.toMatchObject({ code: 'P1008' })
    await other.execute('ROLLBACK')
    await database.write((tx) => tx.auditEvent.create({ data: auditRow('kept') }))
    expect(await database.prisma.auditEvent.count()).toBe(1)
    other.close()
  })

  test('answers with a fault when the disk is full, reads on, and keeps no half of a transaction', async () => {
    const database = await open()
    await migrate(database)
    const limit = (pages: number) => database.prisma.$queryRawUnsafe(`PRAGMA max_page_count=${pages}`)
    await limit(1)
    const failure = await database
      .write(async (tx) => {
        for (let i = 0; i < 100; i++) await tx.auditEvent.create({ data: auditRow('x'.repeat(4_000)) })
      })
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 10 })
    expect(await database.prisma.auditEvent.count()).toBe(0)
    await limit(1_000_000)
    await database.write((tx) => tx.auditEvent.create({ data: auditRow('kept') }))
    expect(await database.prisma.auditEvent.count()).toBe(1)
  })

  test("names SQLite's own code where it cannot be opened, by which the advice is chosen, e.g. on a full disk", async () => {
    writeFileSync(join(folder, 'text.db'), 'a text '.repeat(1_000))
    expect((await refusal(urlOf('text.db'))).message).toContain('SQLITE_NOTADB: ')
  })

  test('is opened by three processes that make the file together', async () => {
    await Promise.all([1, 2, 3].map(() => runWorker(urlOf('gateway.db'), 'migrate').finished))
    const database = await open()
    expect(await database.prisma.auditEvent.count()).toBe(0)
  })

  test('keeps what was acknowledged when the process is killed', async () => {
    await expect(runWorker(urlOf('gateway.db'), 'crash').finished).rejects.toThrow('SIGKILL')
    const database = await open()
    expect(await database.prisma.auditEvent.count()).toBe(20)
  })
})
