import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StartupError } from '../errors.ts'
import { PrismaClient } from '../generated/prisma-sqlite/client.ts'
import { adviceOnWriting, reasonOf } from './failures.ts'
import { oncePerTurn } from './once-per-turn.ts'
import { RAISE_REVISION } from './revision.ts'
import { countCommits } from './sqlite-commits.ts'
import { SingleConnection, whileBusy } from './sqlite-connection.ts'

export interface OpenSqlite {
  readonly prisma: PrismaClient
  readonly location: string
  /** The statement by which a transaction raises the revision, and tells other processes where that is possible. */
  readonly raise: string
  readonly currentState: () => Promise<number | null>
  readonly closeOthers: () => void
}

/** Opens the file, and makes it when there is none. */
export async function openSqlite(path: string, transactionOptions: { maxWait: number; timeout: number }): Promise<OpenSqlite> {
  prepareFile(path)
  const adapter = new SingleConnection(path)
  const prisma = new PrismaClient({ adapter, transactionOptions, errorFormat: 'minimal' })
  try {
    await whileBusy(() => checkSettings(prisma, path))
  } catch (error) {
    await prisma.$disconnect()
    if (error instanceof StartupError) throw error
    throw new StartupError(`The database ${path} cannot be opened: ${reasonOf(error)}. ${adviceOn(reasonOf(error))}`, 1)
  }
  const commits = countCommits(path)
  return {
    prisma,
    location: `file:${path}`,
    raise: RAISE_REVISION,
    currentState: oncePerTurn(commits.read),
    closeOthers: commits.close,
  }
}

function adviceOn(reason: string): string {
  if (/^SQLITE_(BUSY|LOCKED)/.test(reason)) return 'Another program keeps it locked: wait until it ends, or find it with `fuser`.'
  if (/^SQLITE_(IOERR|FULL|CANTOPEN)/.test(reason)) return 'Check whether its disk is full, damaged or read-only.'
  if (reason.startsWith('SQLITE_CORRUPT')) return 'It is damaged: restore a backup.'
  return 'Check that the file is a SQLite database.'
}

/** The file that a URL names, from the root. */
export function sqlitePath(url: string): string {
  const path = url.replace(/^file:(\/\/(?=\/))?/, '')
  if (path === '' || path.startsWith(':memory:') || path.includes('?')) {
    throw new StartupError('The database URL must name a file, for example file:./data/gateway.db.')
  }
  return resolve(path)
}

/** The file holds secrets, though sealed ones: a folder or file that is made here is for this user alone. */
function prepareFile(path: string): void {
  const folder = dirname(path)
  if (isFolder(path)) throw new StartupError(`${path} is a folder. Set DATABASE_URL to a file, e.g. file:${path}/gateway.db.`)
  let place = folder
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    if (existsSync(path)) place = path
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    const advice = `Give the user that runs the gateway write access to ${place}, or set DATABASE_URL to another place.`
    throw new StartupError(`The database ${path} cannot be written (${reasonOf(error)}). ${adviceOnWriting(error, advice)}`, 1)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** The journal mode is kept in the file, so it is set; the other two hold by default, and a start without them is refused. */
async function checkSettings(prisma: PrismaClient, path: string): Promise<void> {
  const expected = { 'journal_mode=WAL': 'wal', synchronous: '2', foreign_keys: '1' }
  for (const [name, value] of Object.entries(expected)) {
    const [row] = await prisma.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`)
    const found = String(Object.values(row ?? {})[0])
    if (found === value) continue
    const advice = 'Put it on a local disk, not on a network share.'
    throw new StartupError(`The database ${path} cannot be used safely: PRAGMA ${name} gives ${found}, not ${value}. ${advice}`, 1)
  }
}
