import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StartupError } from '../errors.ts'
import { type Database, openDatabase } from './client.ts'
import { adviceOnWriting, isDamaged, reasonOf } from './failures.ts'

/**
 * Writes a copy of a SQLite database to a new file, for its user alone, while gateways go on reading and writing: the
 * copy is the state of one moment. It gets its name once it is checked: what a killed run leaves passes for no backup.
 * @throws StartupError when the database is a server's, the file exists, or the copy is not whole.
 */
export async function backUp(database: Database, to: string): Promise<string> {
  const { copyTo } = database.engine
  if (copyTo === null)
    throw new StartupError('This database is on a PostgreSQL server, which has its own tool. Use `pg_dump --format=custom`.')
  const path = resolve(to)
  const draft = `${path}.${randomUUID()}.unfinished`
  createFile(path, draft)
  try {
    await copyTo(draft)
    await checkCopy(draft)
    renameSync(draft, path)
  } catch (error) {
    if (error instanceof StartupError || isDamaged(error)) throw error
    throw new StartupError(
      `The copy ${path} cannot be written (${reasonOf(error)}). Check the free space: the copy needs as much as the database.`,
      1,
    )
  } finally {
    // What SQLite has beside it is empty: the copy was only read.
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${draft}${end}`, { force: true })
  }
  return path
}

/** What runs that were killed left in the folder of a copy, or others still write there. None of a folder that cannot be listed. */
export function unfinishedCopies(to: string): string[] {
  const folder = dirname(resolve(to))
  try {
    return readdirSync(folder).flatMap((name) => (/\.[0-9a-f-]{36}\.unfinished(-\w+)?$/.test(name) ? [join(folder, name)] : []))
  } catch {
    return []
  }
}

/** Made before SQLite fills it, because SQLite would let others read it. */
function createFile(path: string, draft: string): void {
  const advice = 'Choose a file that does not exist yet, in a folder that you can write to.'
  if (existsSync(path)) throw new StartupError(`The file ${path} cannot be made (EEXIST). ${advice}`, 1)
  try {
    closeSync(openSync(draft, 'wx', 0o600))
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new StartupError(`The file ${path} cannot be made (${reason}). ${adviceOnWriting(error, advice)}`, 1)
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
