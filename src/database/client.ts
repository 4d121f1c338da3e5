import { setTimeout as sleep } from 'node:timers/promises'
import { StartupError } from '../errors.ts'
import type { Prisma, PrismaClient } from '../generated/prisma-sqlite/client.ts'
import { isBusy, toUnavailable } from './failures.ts'
import { openPostgresql } from './postgresql.ts'
import { openSqlite } from './sqlite.ts'

/** The client inside a transaction. */
export type TransactionClient = Prisma.TransactionClient

export interface Database {
  readonly kind: 'sqlite' | 'postgresql'
  /** For reads, and for single statements that need no transaction. */
  readonly prisma: PrismaClient
  /** Where the data is, without user and password. */
  readonly location: string
  /**
   * Runs `work` in one transaction, and all of it again when another writer came in between: so `work` has no effect
   * outside the transaction. Throws `SERVICE_UNAVAILABLE` when the database stays busy or is away.
   */
  write<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T>
  /** Whether the database answers a query in time. */
  ping(timeoutMs: number): Promise<boolean>
  close(): Promise<void>
}

/** `maxWait`: until the transaction has started, behind all others; `timeout`: until it has ended. */
const TRANSACTION_OPTIONS = { maxWait: 10_000, timeout: 15_000 }
const MAX_ATTEMPTS = 8
const STOP_RETRYING_AFTER_MS = 10_000

/** Opens the database of the URL: `file:...` is SQLite, `postgresql://...` PostgreSQL. Nothing else asks which it is. */
export async function openDatabase(url: string): Promise<Database> {
  const { kind, prisma, location } = await open(url)
  return {
    kind,
    prisma,
    location,
    write: (work) => writeWithRetries(prisma, work),
    ping: (timeoutMs) => answersWithin(prisma, timeoutMs),
    close: () => prisma.$disconnect(),
  }
}

async function open(url: string): Promise<Pick<Database, 'kind' | 'prisma' | 'location'>> {
  if (url.startsWith('file:')) return { kind: 'sqlite', ...(await openSqlite(url, TRANSACTION_OPTIONS)) }
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new StartupError('The database URL must begin with file: (SQLite) or postgresql:// (PostgreSQL).')
  }
  const { prisma, location } = await openPostgresql(url, TRANSACTION_OPTIONS)
  // The two clients are generated from schemas that differ in the provider line alone, and SQLite's knows the fewer
  // operations: what compiles against it exists in both.
  return { kind: 'postgresql', prisma: prisma as unknown as PrismaClient, location }
}

async function writeWithRetries<T>(prisma: PrismaClient, work: (tx: TransactionClient) => Promise<T>): Promise<T> {
  const started = performance.now()
  for (let attempt = 1; ; attempt++) {
    try {
      return await prisma.$transaction(work)
    } catch (error) {
      const late = attempt === MAX_ATTEMPTS || performance.now() - started > STOP_RETRYING_AFTER_MS
      if (late || !isBusy(error)) throw toUnavailable(error)
    }
    // Random, so that two writers in each other's way do not meet again.
    await sleep(Math.random() * 20 * 2 ** attempt)
  }
}

async function answersWithin(prisma: PrismaClient, timeoutMs: number): Promise<boolean> {
  const stop = new AbortController()
  const late = sleep(timeoutMs, false, { signal: stop.signal }).catch(() => false)
  const answer = prisma.$queryRawUnsafe('SELECT 1').then(
    () => true,
    () => false,
  )
  const answered = await Promise.race([answer, late])
  stop.abort()
  return answered
}
