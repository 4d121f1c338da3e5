import { closeSync, openSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { StartupError } from '../errors.ts'
import { type Database, openDatabase } from './client.ts'
import { isDamaged, reasonOf } from './failures.ts'

/**
 * Writes a copy of a SQLite database to a new file, for its user alone, while gateways go on reading and writing: the
 * copy is the state of one moment. It is opened and checked before this returns its path.
 * @throws StartupError when the database is a server's, the file exists, or the copy is not whole.
 */
export async function backUp(database: Database, to: string): Promise<string> {
  const { copyTo } = database.engine
  if (copyTo === null)
    throw new StartupError('This database is on a PostgreSQL server, which has its own tool. Use `pg_dump --format=custom`.')
  const path = resolve(to)
  createFile(path)
  try {
    await copyTo(path)
    await checkCopy(path)
  } catch (error) {
    rmSync(path, { force: true })
    if (error instanceof StartupError || isDamaged(error)) throw error
    throw new StartupError(
      `The copy ${path} cannot be written (${reasonOf(error)}). Check the free space: the copy needs as much as the database.`,
      1,
    )
  }
  return path
}

/** Made before SQLite fills it, because SQLite would let others read it. */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new StartupError(
      `The file ${path} cannot be made (${reason}). Choose a file that does not exist yet, in a folder that you can write to.`,
      1,
    )
  }
}

async function checkCopy(path: string): Promise<void> {
  const copy = await openDatabase(`file:${path}`)
  try {
    const found = await copy.prisma.$queryRawUnsafe('PRAGMA integrity_check')
    if (JSON.stringify(found) !== '[{"integrity_check":"ok"}]')
      throw new StartupError('The copy is damaged, so it was deleted. The database may be damaged too: run `gateway doctor`.', 1)
  } finally {
    await copy.close()
  }
}
