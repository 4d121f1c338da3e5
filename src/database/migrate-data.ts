import { StartupError } from '../errors.ts'
import { type Database, isDatabaseThere, openDatabase, type TransactionClient } from './client.ts'
import { linkLatestTests, TABLES } from './copy-tables.ts'
import { toUnavailable } from './failures.ts'
import { migrate, migrationsApplied } from './migrate.ts'

export interface DataMigration {
  /** The URL of the database to copy. */
  readonly from: string
  /** The URL of an empty database; it is made where it is a file that does not exist. */
  readonly to: string
  readonly log: (message: string) => void
  /** What is not in these tables, and is copied last in the same transactions; returns how many rows of what. */
  readonly more: {
    count(from: Side): Promise<number>
    copy(from: Side, to: Side, told: Told): Promise<Readonly<Record<string, number>>>
  }
  /** Is told how many rows there are, and how many have been copied. */
  readonly progress?: { begin(total: number): void; at(done: number): void | Promise<void> } | undefined
}

/** Whoever is told how a copy gets on. */
export interface Told extends Pick<DataMigration, 'log'> {
  /** @param rows that were just copied. */
  readonly onPage: (rows: number) => Promise<void>
}

/** A database, and the transaction in which it is read or written. */
export interface Side {
  readonly database: Database
  readonly client: TransactionClient
}

/** Time for a large database: an hour. */
export const COPY_TRANSACTION = { maxWait: 10_000, timeout: 3_600_000, isolationLevel: 'Serializable' } as const

/**
 * Copies everything from one database into an empty one, of either kind: rows keep their ids and numbers, sealed texts
 * stay sealed, tokens stay valid. The source is read as it stood at one moment (a file is kept from changing meanwhile)
 * and is not changed; the target gets all of it, or nothing. Returns how many rows each table has.
 * @throws StartupError when the source is not of this release, when the target has data, or when counts differ.
 */
export async function migrateData({ from: fromUrl, to: toUrl, ...options }: DataMigration): Promise<Readonly<Record<string, number>>> {
  if (!isDatabaseThere(fromUrl)) throw new StartupError(`There is no database at ${fromUrl}.`)
  const from = await openDatabase(fromUrl)
  try {
    await requireMigrated(from)
    const to = await openDatabase(toUrl)
    try {
      if (to.location === from.location) throw new StartupError('The source and the target are the same database.')
      await migrate(to, options.log)
      return await from.prisma.$transaction(
        (source) =>
          to.prisma.$transaction(
            (target) => copyAll({ database: from, client: source }, { database: to, client: target }, options),
            COPY_TRANSACTION,
          ),
        COPY_TRANSACTION,
      )
    } catch (error) {
      throw toUnavailable(error)
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
}

async function requireMigrated(from: Database): Promise<void> {
  if (!(await migrationsApplied(from))) throw notUpToDate(from.location)
}

export function notUpToDate(location: string): StartupError {
  return new StartupError(
    `The database ${location} is not up to date with this release. If the address is right, start this release's gateway on it once: that migrates it.`,
  )
}

async function copyAll(from: Side, to: Side, { log, progress, more }: Omit<DataMigration, 'from' | 'to'>): Promise<Record<string, number>> {
  const [source, target] = [from.client, to.client]
  const { engine, location } = to.database
  const { Revision, ...tables } = TABLES
  for (const { count } of Object.values(tables))
    if ((await count(target)) > 0)
      throw new StartupError(
        `The database ${location} already has data and was not changed. Use an empty one, on which no gateway was started.`,
      )

  let total = await more.count(from)
  for (const { count } of Object.values(tables)) total += await count(source)
  progress?.begin(total)
  let done = 0
  const onPage = async (rows: number) => {
    done += rows
    await progress?.at(done)
  }
  const counts: Record<string, number> = {}
  for (const [name, table] of Object.entries(tables)) {
    await table.copy(source, target, onPage)
    const [wanted, found] = [await table.count(source), await table.count(target)]
    if (wanted !== found) throw new StartupError(`Of ${wanted} rows of ${name} ${found} arrived; nothing was copied.`, 1)
    counts[name] = found
    log(`Copied ${found} rows of ${name}.`)
  }
  await linkLatestTests(source, target)
  await Revision.copy(source, target, onPage)
  await engine.continueNumbers(target)
  return { ...counts, ...(await more.copy(from, to, { log, onPage })) }
}
