import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { isBusy } from './failures.ts'
import { type Execute, SqliteDriver } from './sqlite-driver.ts'

type Connection = ReturnType<PrismaLibSql['createClient']>
type Transaction = Awaited<ReturnType<Connection['transaction']>>

/** How long a statement, or the start of a transaction, waits for another process that is writing. */
const BUSY_TIMEOUT_MS = 5_000

/**
 * Values in one statement that this build of SQLite takes. Prisma assumes 999, the limit of SQLite before 2020, and fails
 * where it cannot split a statement: at the keys of a page of 100 providers with 100 keys each, for one.
 */
const MAX_BIND_VALUES = 32_766

/**
 * Prisma's adapter over one connection for the life of the process. Left alone, the adapter's client hands its connection
 * to each transaction, opens another for what follows, and closes none: two file descriptors are lost per transaction.
 * One connection is safe, because the adapter holds a lock from the start of a transaction to its end.
 */
export class SingleConnection extends PrismaLibSql {
  private readonly path: string

  constructor(path: string) {
    super({ url: pathToFileURL(path).href })
    this.path = path
  }

  override createClient(): Connection {
    const driver = new SqliteDriver(this.path, BUSY_TIMEOUT_MS)
    return {
      execute: (statement: Parameters<Execute>[0]) => driver.execute(statement).catch((error: unknown) => rethrow(driver, error)),
      transaction: async () => begin(driver),
      executeMultiple: async (script) => driver.runScript(script),
      close: () => driver.close(),
      reconnect: () => driver.reopen(),
      batch: unused,
      migrate: unused,
      sync: unused,
      closed: false,
      protocol: 'file',
    }
  }

  /** The wait for another process happens here, outside the adapter's lock, so that reads go on meanwhile. */
  override async connect(): ReturnType<PrismaLibSql['connect']> {
    const adapter = await super.connect()
    const start = adapter.startTransaction.bind(adapter)
    return Object.assign(adapter, {
      startTransaction: (level?: Parameters<typeof start>[0]) => whileBusy(() => start(level)),
      getConnectionInfo: () => ({ supportsRelationJoins: false, maxBindValues: MAX_BIND_VALUES }),
    })
  }
}

/** Tries again, because SQLite's own wait would stop the whole process: it happens inside one call of the driver. */
export async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
    await sleep(1 + Math.random() * 10)
  }
}

/** The driver leaves a statement that found the database busy half done, and then no transaction can be committed. */
function rethrow(driver: SqliteDriver, error: unknown): never {
  if (isBusy(error)) driver.reopen()
  throw error
}

const unused = () => Promise.reject(new Error('Prisma runs its statements one by one.'))

/**
 * Takes the write lock at the start: a transaction that reads first and asks for it later can be refused for good. It
 * does not wait for the lock, because many attempts may be needed, and SQLite's own wait would stop the whole process.
 */
function begin(driver: SqliteDriver): Transaction {
  try {
    driver.runScript('PRAGMA busy_timeout=0; BEGIN IMMEDIATE')
  } finally {
    driver.runScript(`PRAGMA busy_timeout=${BUSY_TIMEOUT_MS}`)
  }
  return transactionOn(driver)
}

/**
 * As in PostgreSQL, a failed statement ends the transaction. SQLite ends it by itself after some failures, a full disk
 * for one, and on a shared connection the next statement would then be committed alone.
 */
function transactionOn(driver: SqliteDriver): Transaction {
  let open = true
  const requireOpen = () => {
    if (!open) throw Object.assign(new Error('The transaction has ended.'), { code: 'TRANSACTION_CLOSED' })
  }
  const abandon = async (error: unknown) => {
    open = false
    // SQLite may have rolled back already, which is all that is wanted.
    await driver.execute('ROLLBACK').catch(() => {})
    return rethrow(driver, error)
  }
  return {
    get closed() {
      return !open
    },
    async execute(statement: Parameters<Execute>[0]) {
      requireOpen()
      return await driver.execute(statement).catch(abandon)
    },
    async commit() {
      requireOpen()
      // Closed before the driver answers, so that no forgotten statement slips in behind the commit.
      open = false
      await driver.execute('COMMIT').catch(abandon)
    },
    async rollback() {
      if (!open) return
      open = false
      await driver.execute('ROLLBACK')
    },
    close: () => {},
    batch: unused,
    executeMultiple: unused,
  }
}
