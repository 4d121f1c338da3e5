import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault, StartupError } from '../errors.ts'
import type { Prisma, PrismaClient } from '../generated/prisma-sqlite/client.ts'
import { inSpan } from '../tracing/span.ts'
import type { Engine } from './engine.ts'
import { isBusy, toUnavailable } from './failures.ts'
import { openPostgresql, type PoolStatistics } from './postgresql.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import type { Listener } from './postgresql-listener.ts'
import { raiseRevision, willRaiseRevision } from './revision.ts'
import { openSqlite, sqlitePath } from './sqlite.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { createWriteTurns, type WriteTurns } from './write-turns.ts'

/** The client inside a transaction. */
export type TransactionClient = Prisma.TransactionClient

export interface Database {
  readonly kind: 'sqlite' | 'postgresql'
  /**
   * For reads. Writes go through `write`: outside it, a statement that waits for another process stops this one, and a
   * conflict is not tried again.
   */
  readonly prisma: PrismaClient
  /** Where the data is, without user and password. */
  readonly location: string
  /** The file that the data is in, from the root; null where a server keeps it. */
  readonly file: string | null
  /** What one of the databases does differently. */
  readonly engine: Engine
  /**
   * Runs `work` in one transaction, when its turn has come, and all of it again when another writer came in between: so it
   * has no effect outside the transaction. It uses `tx` alone, because on SQLite `prisma` waits until the transaction has
   * ended. A statement that fails ends the transaction. Raises the revision. Throws `SERVICE_UNAVAILABLE` when the database
   * stays busy or is away. To change what belongs to a provider, lock the provider first: writers that lock rows in two
   * orders stop each other.
   */
  write<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T>
  /** The same for what nothing is told from but by reading it again: raises no revision, and wakes nobody. See `src/activity/`. */
  writeUncounted<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T>
  /** Runs reads that belong together: all of them see one state of the data. Throws as `write` does. */
  snapshot<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T>
  /**
   * Calls `wake` after each write of this process, and of another one where the database tells at once. Only a hint: it
   * may come for nothing, and from another process late or never. Returns a function that ends it.
   */
  onWrite(wake: () => void): () => void
  /**
   * Numbers the states of the data: any commit, of whatever process, is followed by a greater number. So whatever was
   * read after a number was told is as new as a read can be, for as long as the number stays. Null when the database does
   * not say: nothing may be used again then. Throws when it is away.
   */
  currentState(): Promise<number | null>
  /** Whether the database answers in time. */
  ping(timeoutMs: number): Promise<boolean>
  statistics(): DatabaseStatistics
  close(): Promise<void>
}

export interface DatabaseStatistics {
  /** Transactions committed. */
  readonly writes: number
  /** Transactions begun again because another writer came in between. */
  readonly retries: number
  /** Transactions and pings that failed because the database was busy or away. */
  readonly failures: number
  /** The connections, where the database has a pool of them. */
  readonly pool: PoolStatistics | null
}

/** `maxWait`: until the transaction has started, behind all others; `timeout`: until it has ended. */
const TRANSACTION_OPTIONS = { maxWait: 10_000, timeout: 15_000 }
const MAX_ATTEMPTS = 6
const STOP_RETRYING_AFTER_MS = 10_000

/** The smallest question that each database answers from the place where it keeps its data. */
const PROBE = { sqlite: 'PRAGMA schema_version', postgresql: 'SELECT 1' }

/** Opens the database of the URL: `file:...` is SQLite, `postgresql://...` PostgreSQL. What differs after this is in its `engine`. */
export async function openDatabase(url: string): Promise<Database> {
  const { kind, prisma, location, file, engine, atBegin, raise, currentState, listen, closeOthers, pool, writers } = await open(url)
  const turns = createWriteTurns(writers, TRANSACTION_OPTIONS.maxWait)
  const sleepers = new Set<() => void>()
  const counts = { writes: 0, retries: 0, failures: 0 }
  const wakeAll = () => {
    for (const wake of sleepers) wake()
  }
  let listener: Listener | null = null
  const transact = <T>(work: (tx: TransactionClient) => Promise<T>): Promise<T> =>
    inSpan('database transaction', { kind: 'client', attributes: { 'db.system.name': kind } }, () =>
      writeInTurn(turns, prisma, counts, async (tx) => {
        const begin = atBegin()
        if (begin !== null) await tx.$queryRawUnsafe(begin)
        return work(tx)
      }).then((done) => {
        counts.writes += 1
        return done
      }),
    )
  return {
    kind,
    prisma,
    location,
    file,
    engine,
    write: async (work) => {
      const result = await transact(async (tx) => {
        willRaiseRevision(tx, raise)
        const done = await work(tx)
        await raiseRevision(tx)
        return done
      })
      wakeAll()
      return result
    },
    writeUncounted: transact,
    snapshot: (work) =>
      inSpan('database snapshot', { kind: 'client', attributes: { 'db.system.name': kind } }, () =>
        withRetries(prisma, counts, async (tx) => {
          if (engine.oneState !== null) await tx.$executeRawUnsafe(engine.oneState)
          const begin = atBegin()
          if (begin !== null) await tx.$queryRawUnsafe(begin)
          return work(tx)
        }).catch((error: unknown) => {
          throw toUnavailable(error)
        }),
      ),
    onWrite: (wake) => {
      sleepers.add(wake)
      listener ??= listen?.(wakeAll) ?? null
      return () => void sleepers.delete(wake)
    },
    currentState,
    ping: async (timeoutMs) => {
      const answers = await answersWithin(prisma, PROBE[kind], timeoutMs)
      if (!answers) counts.failures += 1
      return answers
    },
    statistics: () => ({ ...counts, pool: pool?.() ?? null }),
    close: async () => {
      await listener?.close()
      closeOthers()
      await prisma.$disconnect()
    },
  }
}

/** The file that the URL names; null for that of a server. */
export function databaseFile(url: string): string | null {
  return url.startsWith('file:') ? sqlitePath(url) : null
}

/** Whether there is a file to open; only opening a database of another kind tells. `openDatabase` would make the file. */
export function isDatabaseThere(url: string): boolean {
  const file = databaseFile(url)
  if (file === null) return true
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined
  } catch {
    // A folder that this user may not enter: opening says so.
    return true
  }
}

interface OpenDatabase extends Pick<Database, 'kind' | 'prisma' | 'location' | 'file' | 'engine' | 'currentState'> {
  /** The first statement of each transaction that writes; null for none. */
  readonly atBegin: () => string | null
  /** The statement by which a transaction raises the revision, and tells other processes where that is possible. */
  readonly raise: string
  /** Wakes when another process has written; null where the database cannot tell. */
  readonly listen: ((wake: () => void) => Listener) | null
  /** Closes whatever connections there are besides Prisma's own. */
  readonly closeOthers: () => void
  /** The connections now; null where there is one. */
  readonly pool: (() => PoolStatistics) | null
  /** Transactions that may write at once. */
  readonly writers: number
}

async function open(url: string): Promise<OpenDatabase> {
  const file = databaseFile(url)
  if (file !== null) {
    const opened = await openSqlite(file, TRANSACTION_OPTIONS)
    return {
      kind: 'sqlite',
      ...opened,
      file,
      engine: sqliteEngine(opened.prisma),
      atBegin: () => null,
      listen: null,
      pool: null,
      writers: 1,
    }
  }
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new StartupError('The database URL must begin with file: (SQLite) or postgresql:// (PostgreSQL).')
  }
  const { prisma, withoutTimeouts, ...others } = await openPostgresql(url, TRANSACTION_OPTIONS)
  // The two clients are generated from schemas that differ in the provider line alone, and SQLite's knows the fewer
  // operations: what compiles against it exists in both.
  const asSqliteClient = (client: typeof prisma) => client as unknown as PrismaClient
  return {
    kind: 'postgresql',
    prisma: asSqliteClient(prisma),
    file,
    engine: postgresqlEngine(asSqliteClient(prisma), (work) => withoutTimeouts((client) => work(asSqliteClient(client)))),
    closeOthers: () => {},
    ...others,
  }
}

interface Counts {
  retries: number
  failures: number
}

async function writeInTurn<T>(
  turns: WriteTurns,
  prisma: PrismaClient,
  counts: Counts,
  work: (tx: TransactionClient) => Promise<T>,
): Promise<T> {
  try {
    return await turns.take(() => withRetries(prisma, counts, work))
  } catch (error) {
    const failure = toUnavailable(error)
    if (failure instanceof Fault && failure.code === 'SERVICE_UNAVAILABLE') counts.failures += 1
    throw failure
  }
}

/** Keeps its turn while it tries again: what came in between has ended then, and nobody new is let in before it. */
async function withRetries<T>(prisma: PrismaClient, counts: Counts, work: (tx: TransactionClient) => Promise<T>): Promise<T> {
  const started = performance.now()
  for (let attempt = 1; ; attempt++) {
    try {
      return await prisma.$transaction(work)
    } catch (error) {
      const late = attempt === MAX_ATTEMPTS || performance.now() - started > STOP_RETRYING_AFTER_MS
      if (late || !isBusy(error)) throw error
    }
    counts.retries += 1
    // Random, so that two writers in each other's way do not meet again.
    await sleep(Math.random() * 20 * 2 ** attempt)
  }
}

async function answersWithin(prisma: PrismaClient, probe: string, timeoutMs: number): Promise<boolean> {
  const stop = new AbortController()
  const late = sleep(timeoutMs, false, { signal: stop.signal }).catch(() => false)
  const answer = prisma.$queryRawUnsafe(probe).then(
    () => true,
    () => false,
  )
  const answered = await Promise.race([answer, late])
  stop.abort()
  return answered
}
