import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { backUp } from '../database/back-up.ts'
import { type Database, isDatabaseThere, openDatabase } from '../database/client.ts'
import { activityFile } from './activity.ts'

/** The files that a backup has made. */
export interface BackedUp {
  readonly file: string
  /** Of the activity; null where there was none. */
  readonly activityFile: string | null
}

/**
 * Backs a SQLite database up with the activity beside it; each copy is the state of one moment, the second one a little later.
 * The activity comes first: where the database's copy is, even a killed run has left the whole backup.
 * @throws StartupError, as `backUp` does; no file is left then.
 */
export async function backUpWithActivity(database: Database, to: string): Promise<BackedUp> {
  const made = await backUpActivity(database, activityFile(resolve(to)))
  try {
    return { file: await backUp(database, to), activityFile: made }
  } catch (error) {
    if (made !== null) rmSync(made, { force: true })
    throw error
  }
}

async function backUpActivity({ file }: Database, to: string): Promise<string | null> {
  const url = file === null ? null : `file:${activityFile(file)}`
  if (url === null || !isDatabaseThere(url)) return null
  const beside = await openDatabase(url)
  try {
    return await backUp(beside, to)
  } finally {
    await beside.close()
  }
}
