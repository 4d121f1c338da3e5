import type { PrismaClient } from '../generated/prisma-sqlite/client.ts'
import type { TransactionClient } from './client.ts'
import type { Engine, Turn } from './engine.ts'

/** The number of the lock that Prisma's own tools take: they and we keep out of each other's way. */
const PRISMA_LOCK = 72_707_369

/** The numbers of our own locks: the first part is ours, the second says what for. */
const OUR_LOCKS = 1_634_755_175
const TURNS: Readonly<Record<Turn, number>> = { 'key names': 1 }

/** Runs work that may take minutes, on connections that wait for it. */
type WithoutTimeouts = <T>(work: (prisma: PrismaClient) => Promise<T>) => Promise<T>

export function postgresqlEngine(prisma: PrismaClient, withoutTimeouts: WithoutTimeouts): Engine {
  return {
    oneState: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
    migrationsTable: MIGRATIONS_TABLE,
    migrateAlone: (work, patienceMs) => {
      const locked = async (tx: TransactionClient) => {
        // The URL may say otherwise, for all connections.
        await tx.$executeRaw`SET LOCAL statement_timeout = 0`
        await tx.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 0`
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`
        return await work(tx)
      }
      return withoutTimeouts((client) => client.$transaction(locked, { maxWait: patienceMs, timeout: patienceMs }))
    },
    takeTurn: async (tx, reason) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${OUR_LOCKS}::int, ${TURNS[reason]}::int)`
    },
    // It sees to references itself, whatever becomes of tables.
    checkReferences: async () => {},
    continueNumbers: async (tx) => {
      const columns = await tx.$queryRaw<{ table: string; column: string }[]>`
        SELECT table_name::text AS "table", column_name::text AS "column" FROM information_schema.columns
        WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'`
      for (const { table, column } of columns)
        await tx.$queryRawUnsafe(
          `SELECT setval(pg_get_serial_sequence('"${table}"', '${column}'), COALESCE(max("${column}"), 0) + 1, false)::text FROM "${table}"`,
        )
    },
    insertMany: async (tx, { table, own, shared, rows }) => {
      const columns = [...own, ...shared]
      const values = rows.map((row) => {
        const all = [...row.own, ...row.shared]
        return Object.fromEntries(columns.map((column, index) => [column, all[index]]))
      })
      const names = columns.join(', ')
      const statement = `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1::json)`
      await tx.$executeRawUnsafe(statement, JSON.stringify(values))
    },
    readClock: async () => {
      const [row] = await prisma.$queryRaw<{ ms: number }[]>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`
      return row === undefined ? null : new Date(row.ms)
    },
    isWhole: null,
    copyTo: null,
  }
}

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
  )`
