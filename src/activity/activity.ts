import { statSync } from 'node:fs'
import { join, parse } from 'node:path'
import { type Database, openDatabase } from '../database/client.ts'
import { migrate, migrationsApplied } from '../database/migrate.ts'
import { MIGRATIONS_FOLDER } from '../database/migrations.ts'

/** What changes with each request: the tables marked `// activity`. Writing them is no change of the data. */
export interface Activity {
  readonly engine: Database['engine']
  /** For reads of these tables alone. */
  readonly prisma: Database['prisma']
  readonly write: Database['writeUncounted']
  close(): Promise<void>
}

/** The migrations of the second file of SQLite. */
const ACTIVITY_MIGRATIONS = join(MIGRATIONS_FOLDER, 'activity')

/**
 * Opens what is kept of activity. On SQLite it is a file beside the database, made when there is none: a commit in the main
 * file ends every answer in memory, whatever was written. On PostgreSQL it is tables of the database, which its migrations
 * make.
 */
export async function openActivity(database: Database, log: (message: string) => void): Promise<Activity> {
  if (database.file === null) return activityIn(database)
  const beside = await openDatabase(`file:${activityFile(database.file)}`)
  try {
    await migrate(beside, log, ACTIVITY_MIGRATIONS)
  } catch (error) {
    await beside.close()
    throw error
  }
  return { ...activityIn(beside), close: beside.close }
}

/** The same for whoever looks beside gateways, and makes and migrates nothing; null when there is none of this release. */
export async function openActivityIfThere(database: Database): Promise<Activity | null> {
  if (database.file === null) return activityIn(database)
  const file = activityFile(database.file)
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null
  const beside = await openDatabase(`file:${file}`)
  if (await migrationsApplied(beside, ACTIVITY_MIGRATIONS)) return { ...activityIn(beside), close: beside.close }
  await beside.close()
  return null
}

/** `gateway-activity.db` beside `gateway.db`. */
export function activityFile(databaseFile: string): string {
  const { dir, name, ext } = parse(databaseFile)
  return join(dir, `${name}-activity${ext === '' ? '.db' : ext}`)
}

function activityIn({ engine, prisma, writeUncounted }: Database): Activity {
  return { engine, prisma, write: writeUncounted, close: async () => {} }
}
