import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { StartupError } from '../errors.ts'
import type { Database, TransactionClient } from './client.ts'
import { isBusy, isMissingTable, reasonOf } from './failures.ts'
import { MIGRATIONS_FOLDER, type Migration, readMigrations, statementsOf } from './migrations.ts'

/** A row of the table `_prisma_migrations`, as Prisma's own tools write it. */
interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly finished_at: unknown
}

/** Long enough for a large table; a process that finds another one migrating waits as long. */
const PATIENCE_MS = 600_000

/** The number of the lock that Prisma's own tools take in PostgreSQL: they and we keep out of each other's way. */
const PRISMA_LOCK = 72_707_369

/**
 * Brings the database to the state that this release needs, and refuses to start on one that it does not understand.
 * Each migration is a transaction under a lock, with its row in the table of applied ones: processes that start
 * together take turns, and find the work done. Runs before anything else uses the database.
 */
export async function migrate(
  database: Database,
  log: (message: string) => void = () => {},
  folder: string = MIGRATIONS_FOLDER,
): Promise<void> {
  const migrations = readMigrations(join(folder, database.kind))
  try {
    while (pending(migrations, await readApplied(database.prisma)).length > 0) {
      const name = await withLock(database, (tx) => applyNext(database.kind, tx, migrations))
      if (name !== null) log(`Applied the migration ${name}.`)
    }
  } catch (error) {
    if (error instanceof StartupError) throw error
    throw new StartupError(`The database ${database.location} cannot be migrated: ${reasonOf(error)}.`, 1)
  }
}

/**
 * Whether every migration of this release is applied; a newer release may have applied more, and this one serves on.
 * For the readiness check. Throws when the database is away.
 */
export async function migrationsApplied(database: Database, folder: string = MIGRATIONS_FOLDER): Promise<boolean> {
  const applied = await readApplied(database.prisma)
  return readMigrations(join(folder, database.kind)).every(({ name }) => isFinished(name, applied))
}

/**
 * How many migrations of this release are not applied yet: for whoever asks before a start.
 * @throws StartupError, as a start would, when the database has others or changed ones.
 */
export async function countPendingMigrations(database: Database, folder: string = MIGRATIONS_FOLDER): Promise<number> {
  return pending(readMigrations(join(folder, database.kind)), await readApplied(database.prisma)).length
}

/** Rows that Prisma's tools marked as rolled back count for nothing. */
async function readApplied(client: TransactionClient): Promise<AppliedMigration[]> {
  try {
    return await client.$queryRaw<AppliedMigration[]>`
      SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL`
  } catch (error) {
    if (isMissingTable(error)) return []
    throw error
  }
}

/** The migrations to apply, provided that the applied ones are ours, unchanged and finished. */
function pending(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  for (const row of applied) {
    const problem = problemOf(
      row,
      migrations.find(({ name }) => name === row.migration_name),
    )
    if (problem !== null) throw new StartupError(`The migration ${row.migration_name} in the database ${problem}.`, 1)
  }
  return migrations.filter(({ name }) => !isFinished(name, applied))
}

function problemOf(row: AppliedMigration, ours: Migration | undefined): string | null {
  if (ours === undefined) {
    return 'is not known to this release: a newer one has written the database. Start that release, or restore a backup'
  }
  if (row.finished_at === null) return 'was begun by another tool and not finished. Repair the database with that tool, or restore a backup'
  if (row.checksum === ours.checksum) return null
  return 'differs from the file of this release. Restore the file as it was applied, and make a new migration for the change'
}

function isFinished(name: string, applied: readonly AppliedMigration[]): boolean {
  return applied.some((row) => row.migration_name === name && row.finished_at !== null)
}

/** Applies the first migration that is missing, if one still is now that the lock is held. */
async function applyNext(kind: Database['kind'], tx: TransactionClient, migrations: readonly Migration[]): Promise<string | null> {
  await tx.$executeRawUnsafe(TABLE[kind])
  const [migration] = pending(migrations, await readApplied(tx))
  if (migration === undefined) return null

  const { name, checksum, sql } = migration
  try {
    for (const statement of statementsOf(sql)) await tx.$executeRawUnsafe(statement)
    if (kind === 'sqlite') await requireReferences(tx)
  } catch (error) {
    throw new StartupError(`The migration ${name} failed and was undone: ${reasonOf(error)}.`, 1)
  }
  await tx.$executeRaw`
    INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
    VALUES (${randomUUID()}, ${checksum}, ${name}, CURRENT_TIMESTAMP, 1)`
  return name
}

async function requireReferences(tx: TransactionClient): Promise<void> {
  const [broken] = await tx.$queryRaw<{ table: string; parent: string }[]>`PRAGMA foreign_key_check`
  if (broken !== undefined) throw new Error(`a row of ${broken.table} refers to a row of ${broken.parent} that does not exist`)
}

async function withLock<T>({ kind, prisma, patiently }: Database, work: (tx: TransactionClient) => Promise<T>): Promise<T> {
  const options = { maxWait: PATIENCE_MS, timeout: PATIENCE_MS }
  if (kind === 'postgresql') {
    const locked = async (tx: TransactionClient) => {
      // The URL may say otherwise, for all connections.
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`
      await tx.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 0`
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`
      return await work(tx)
    }
    return patiently((client) => client.$transaction(locked, options))
  }
  try {
    return await untilFree(async () => {
      // SQLite changes a table by building another, and dropping the old one would delete the rows that refer to it.
      // This setting does nothing inside a transaction, so it is made before, and the references are checked at the end.
      await prisma.$executeRaw`PRAGMA foreign_keys=OFF`
      return await prisma.$transaction(async (tx) => {
        await requireSetting(tx)
        return await work(tx)
      }, options)
    })
  } finally {
    await prisma.$executeRaw`PRAGMA foreign_keys=ON`
  }
}

/** The connection may have been opened anew since the setting was made, while it waited for another process. */
async function requireSetting(tx: TransactionClient): Promise<void> {
  const [setting] = await tx.$queryRaw<{ foreign_keys: unknown }[]>`PRAGMA foreign_keys`
  if (Number(setting?.foreign_keys) !== 0) throw Object.assign(new Error('The references are still enforced.'), { code: 'SQLITE_BUSY' })
}

/** Goes on trying to take SQLite's write lock, which is given up after seconds. */
async function untilFree<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
  }
}

/** As Prisma's own tools define it. */
const TABLE: Record<Database['kind'], string> = {
  sqlite: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
  )`,
  postgresql: `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
  )`,
}
