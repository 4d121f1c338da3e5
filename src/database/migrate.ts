import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartupError } from '../errors.ts'
import type { Database, TransactionClient } from './client.ts'
import { isBusy, isMissingTable, reasonOf } from './failures.ts'

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** A row of the table `_prisma_migrations`, as Prisma's own tools write it. */
interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly finished_at: unknown
}

/** The same number of folders up from `src/database` as from `dist/database`. */
const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

/** Long enough for a large table; a process that finds another one migrating waits as long. */
const PATIENCE_MS = 600_000

/**
 * Brings the database to the state that this release needs, and refuses to start on one that it does not understand.
 * Each migration is a transaction under a lock, with its row in the table of applied ones: processes that start
 * together take turns, and find the work done. Runs before anything else uses the database.
 */
export async function migrate(database: Database, log: (message: string) => void = () => {}, folder: string = MIGRATIONS): Promise<void> {
  const migrations = readMigrations(join(folder, database.kind))
  while (missing(migrations, checked(migrations, await readApplied(database.prisma))).length > 0) {
    const name = await withLock(database, (tx) => applyNext(database.kind, tx, migrations))
    if (name !== null) log(`Applied the migration ${name}.`)
  }
}

/** Whether every migration of this release is applied; a newer release may have applied more. For the readiness check. */
export async function migrationsApplied(database: Database, folder: string = MIGRATIONS): Promise<boolean> {
  return missing(readMigrations(join(folder, database.kind)), await readApplied(database.prisma)).length === 0
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return names
    .map(({ name }) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function readApplied(client: TransactionClient): Promise<AppliedMigration[]> {
  try {
    return await client.$queryRawUnsafe<AppliedMigration[]>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    )
  } catch (error) {
    if (isMissingTable(error)) return []
    throw error
  }
}

function missing(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  return migrations.filter(({ name }) => !applied.some((row) => row.migration_name === name && row.finished_at !== null))
}

/** Returns the applied migrations when all of them are ours, unchanged and finished. */
function checked(migrations: readonly Migration[], applied: readonly AppliedMigration[]): readonly AppliedMigration[] {
  for (const row of applied) {
    const ours = migrations.find(({ name }) => name === row.migration_name)
    const problem =
      ours === undefined
        ? 'is not known to this release: a newer one has written the database. Start that release, or restore a backup'
        : ours.checksum !== row.checksum
          ? 'was changed after it was applied. Restore its file, and make a new migration for the change'
          : row.finished_at === null
            ? 'was begun by another tool and not finished. Restore a backup, or repair the database with that tool'
            : null
    if (problem !== null) throw new StartupError(`The migration ${row.migration_name} of the database ${problem}.`, 1)
  }
  return applied
}

/** Applies the first migration that is missing, if one still is now that the lock is held. */
async function applyNext(kind: Database['kind'], tx: TransactionClient, migrations: readonly Migration[]): Promise<string | null> {
  await tx.$executeRawUnsafe(TABLE[kind])
  const [migration] = missing(migrations, checked(migrations, await readApplied(tx)))
  if (migration === undefined) return null

  const id = randomUUID()
  await tx.$executeRaw`INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (${id}, ${migration.checksum}, ${migration.name})`
  try {
    for (const statement of statementsOf(migration.sql)) await tx.$executeRawUnsafe(statement)
    if (kind === 'sqlite') await requireReferences(tx)
  } catch (error) {
    throw new StartupError(`The migration ${migration.name} failed and was undone: ${reasonOf(error)}.`, 1)
  }
  await tx.$executeRaw`UPDATE _prisma_migrations SET finished_at = CURRENT_TIMESTAMP, applied_steps_count = 1 WHERE id = ${id}`
  return migration.name
}

/**
 * The statements of a script that Prisma made: each ends with a semicolon at the end of a line, and a comment has a line
 * of its own. A text or a function body that breaks these rules does not belong into a migration.
 */
export function statementsOf(script: string): string[] {
  return script
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

async function withLock<T>(database: Database, work: (tx: TransactionClient) => Promise<T>): Promise<T> {
  const { prisma, kind } = database
  const options = { maxWait: PATIENCE_MS, timeout: PATIENCE_MS }
  if (kind === 'postgresql') {
    return prisma.$transaction(async (tx) => {
      await tx.$executeRawUnsafe('SET LOCAL statement_timeout = 0')
      await tx.$executeRawUnsafe('SET LOCAL idle_in_transaction_session_timeout = 0')
      await tx.$executeRawUnsafe(`SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`)
      return await work(tx)
    }, options)
  }
  // SQLite changes a table by building another, and dropping the old one would delete the rows that refer to it. This
  // setting does nothing inside a transaction, so the references are checked at the end of it instead.
  await prisma.$executeRawUnsafe('PRAGMA foreign_keys=OFF')
  try {
    return await patiently(() => prisma.$transaction(work, options))
  } finally {
    await prisma.$executeRawUnsafe('PRAGMA foreign_keys=ON')
  }
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
  }
}

async function requireReferences(tx: TransactionClient): Promise<void> {
  const broken = await tx.$queryRawUnsafe<{ table: string; parent: string }[]>('PRAGMA foreign_key_check')
  const [first] = broken
  if (first !== undefined) throw new Error(`a row of ${first.table} refers to a row of ${first.parent} that does not exist`)
}

/** The number of the lock that Prisma's own tools take, so that they wait for us as well. */
const PRISMA_LOCK = 72_707_369

/** The definitions of Prisma's own tools. */
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
