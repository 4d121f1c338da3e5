import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { StartupError } from '../errors.ts'
import type { Database, TransactionClient } from './client.ts'
import type { Engine } from './engine.ts'
import { isMissingTable, isSchemaClosed, reasonOf } from './failures.ts'
import { MIGRATIONS_FOLDER, type Migration, readMigrations, statementsOf } from './migrations.ts'

/** A row of the table `_prisma_migrations`, as Prisma's own tools write it. */
interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly finished_at: unknown
}

/** Long enough for a large table; a process that finds another one migrating waits as long. */
const PATIENCE_MS = 600_000

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
      const name = await database.engine.migrateAlone((tx) => applyNext(database.engine, tx, migrations), PATIENCE_MS)
      if (name !== null) log(`Applied the migration ${name}.`)
    }
  } catch (error) {
    if (error instanceof StartupError) throw error
    const remedy = isSchemaClosed(error) ? ' Create the schema that DATABASE_URL names, and let its user create tables there.' : ''
    throw new StartupError(`The database ${database.location} cannot be migrated: ${reasonOf(error)}.${remedy}`, 1)
  }
}

/** Whether every migration of this release is applied; a newer release may have applied more. Throws when the database is away. */
export async function migrationsApplied(database: Database, folder: string = MIGRATIONS_FOLDER): Promise<boolean> {
  return areApplied(database, readMigrations(join(folder, database.kind)))
}

/** The same for migrations that were read before. */
export async function areApplied(database: Database, migrations: readonly Migration[]): Promise<boolean> {
  const applied = await readApplied(database.prisma)
  return migrations.every(({ name }) => isFinished(name, applied))
}

/** Whether any release has made its tables there. */
export async function hasTables(database: Database): Promise<boolean> {
  return (await readApplied(database.prisma)).length > 0
}

/**
 * How many migrations of this release are not applied yet: for whoever asks before a start.
 * @throws StartupError, as a start would, when the database has others or changed ones.
 */
export async function countPendingMigrations(database: Database): Promise<number> {
  return pending(readMigrations(join(MIGRATIONS_FOLDER, database.kind)), await readApplied(database.prisma)).length
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

/**
 * Applies the first migration that is missing, if one still is now that the lock is held. Returns its name; null when nothing
 * has changed, as with one that concerns the other database alone.
 */
async function applyNext(engine: Engine, tx: TransactionClient, migrations: readonly Migration[]): Promise<string | null> {
  await tx.$executeRawUnsafe(engine.migrationsTable)
  const [migration] = pending(migrations, await readApplied(tx))
  if (migration === undefined) return null

  const { name, checksum, sql } = migration
  const statements = statementsOf(sql)
  try {
    for (const statement of statements) await tx.$executeRawUnsafe(statement)
    await engine.checkReferences(tx)
  } catch (error) {
    throw new StartupError(`The migration ${name} failed and was undone: ${reasonOf(error)}.`, 1)
  }
  await tx.$executeRaw`
    INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
    VALUES (${randomUUID()}, ${checksum}, ${name}, CURRENT_TIMESTAMP, 1)`
  return statements.length === 0 ? null : name
}
