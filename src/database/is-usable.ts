import { join } from 'node:path'
import type { Database } from './client.ts'
import { areApplied } from './migrate.ts'
import { MIGRATIONS_FOLDER, readMigrations } from './migrations.ts'

/** How long the readiness check waits for the database. */
const READY_TIMEOUT_MS = 1_000

/**
 * Makes the readiness check: whether requests can be answered, because the database answers in time, and has every migration of
 * this release. Reads now which these are: an upgrade puts files of a newer release there while this process serves on.
 */
export function createReadiness(database: Database, folder: string = MIGRATIONS_FOLDER): () => Promise<boolean> {
  const migrations = readMigrations(join(folder, database.kind))
  return async () => (await database.ping(READY_TIMEOUT_MS)) && (await areApplied(database, migrations).catch(() => false))
}
