import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { StartupError } from '../errors.ts'
import { PrismaClient } from '../generated/prisma-sqlite/client.ts'
import { isBusy, reasonOf } from './failures.ts'

type Connection = ReturnType<PrismaLibSql['createClient']>
type Transaction = Awaited<ReturnType<Connection['transaction']>>

/** How long a statement, or the start of a transaction, waits for another process that is writing. */
const BUSY_TIMEOUT_MS = 5_000

/** Opens the file that the URL names, and makes it when there is none. */
export async function openSqlite(
  url: string,
  transactionOptions: { maxWait: number; timeout: number },
): Promise<{ prisma: PrismaClient; location: string }> {
  const path = pathOf(url)
  prepareFile(path)
  const adapter = new SingleConnection({ url: pathToFileURL(path).href, timeout: BUSY_TIMEOUT_MS })
  const prisma = new PrismaClient({ adapter, transactionOptions })
  try {
    await checkSettings(prisma, path)
  } catch (error) {
    await prisma.$disconnect()
    if (error instanceof StartupError) throw error
    throw new StartupError(
      `The database ${path} cannot be opened: ${reasonOf(error)}. Check that it is a SQLite database of the gateway.`,
      1,
    )
  }
  return { prisma, location: `file:${path}` }
}

function pathOf(url: string): string {
  const path = url.replace(/^file:(\/\/(?=\/))?/, '')
  if (path === '' || path.startsWith(':memory:') || path.includes('?')) {
    throw new StartupError('The database URL must name a file, for example file:./data/gateway.db.')
  }
  return resolve(path)
}

/** The file holds secrets, though sealed ones: a folder or file that is made here is for this user alone. */
function prepareFile(path: string): void {
  const folder = dirname(path)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw new StartupError(
      `The database ${path} cannot be written (${reasonOf(error)}). Give the user that runs the gateway write access to ${folder}, or set DATABASE_URL to another place.`,
      1,
    )
  }
}

/** The journal mode is kept in the file, so it is set; the other two hold by default, and a start without them is refused. */
async function checkSettings(prisma: PrismaClient, path: string): Promise<void> {
  const pragma = async (name: string) => {
    const [row] = await prisma.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`)
    return String(Object.values(row ?? {})[0])
  }
  const expected = { 'journal_mode=WAL': 'wal', synchronous: '2', foreign_keys: '1' }
  for (const [name, value] of Object.entries(expected)) {
    const found = await pragma(name)
    if (found === value) continue
    throw new StartupError(
      `The database ${path} cannot be used safely: PRAGMA ${name} gives ${found}, not ${value}. Put it on a local disk, not on a network share.`,
      1,
    )
  }
}

/**
 * Prisma's adapter over one connection for the life of the process. Left alone, the driver hands its connection to each
 * transaction, opens another for what follows, and closes none: two file descriptors are lost per transaction. One
 * connection is safe, because the adapter holds a lock from the start of a transaction to its end.
 */
class SingleConnection extends PrismaLibSql {
  override createClient(config: Parameters<PrismaLibSql['createClient']>[0]): Connection {
    const connection = super.createClient(config)
    return Object.assign(connection, { transaction: () => begin(connection) })
  }
}

/**
 * Takes the write lock at once: a transaction that reads first and asks for it later can be refused whatever the
 * timeout. The wait is made of short attempts, because SQLite's own wait would stop the whole process.
 */
async function begin(connection: Connection): Promise<Transaction> {
  const deadline = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      await connection.execute('PRAGMA busy_timeout=0')
      await connection.execute('BEGIN IMMEDIATE')
      return transactionOn(connection)
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    } finally {
      await connection.execute(`PRAGMA busy_timeout=${BUSY_TIMEOUT_MS}`)
    }
    await sleep(1 + Math.random() * 10)
  }
}

/**
 * As in PostgreSQL, a failed statement ends the transaction. SQLite ends it by itself after some failures, a full disk
 * for one, and on a shared connection the next statement would then be committed alone.
 */
function transactionOn(connection: Connection): Transaction {
  let open = true
  const rollback = async () => {
    if (!open) return
    open = false
    // SQLite may have rolled back already, which is all that is wanted.
    await connection.execute('ROLLBACK').catch(() => {})
  }
  const requireOpen = () => {
    if (!open) throw Object.assign(new Error('The transaction has ended.'), { code: 'TRANSACTION_CLOSED' })
  }
  const unused = () => Promise.reject(new Error('Prisma runs its statements one by one.'))
  return {
    get closed() {
      return !open
    },
    async execute(statement) {
      requireOpen()
      try {
        return await connection.execute(statement)
      } catch (error) {
        await rollback()
        throw error
      }
    },
    async commit() {
      requireOpen()
      try {
        await connection.execute('COMMIT')
        open = false
      } catch (error) {
        await rollback()
        throw error
      }
    },
    rollback,
    close: () => void rollback(),
    batch: unused,
    executeMultiple: unused,
  }
}
