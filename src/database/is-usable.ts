import type { Database } from './client.ts'
import { migrationsApplied } from './migrate.ts'

/** How long the readiness check waits for the database. */
const READY_TIMEOUT_MS = 1_000

/** Whether requests can be answered: the database answers in time, and has every migration of this release. */
export async function isUsable(database: Database): Promise<boolean> {
  return (await database.ping(READY_TIMEOUT_MS)) && (await migrationsApplied(database).catch(() => false))
}
