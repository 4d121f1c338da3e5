import type { PrismaClient } from '../generated/prisma-sqlite/client.ts'
import type { TransactionClient } from './client.ts'
import type { Engine } from './engine.ts'
import { isBusy } from './failures.ts'

export function sqliteEngine(prisma: PrismaClient): Engine {
  return {
    oneState: null,
    migrationsTable: MIGRATIONS_TABLE,
    migrateAlone: async (work, patienceMs) => {
      try {
        return await untilFree(patienceMs, async () => {
          // SQLite changes a table by building another, and dropping the old one would delete the rows that refer to it.
          // This setting does nothing inside a transaction, so it is made before, and the references are checked at the end.
          await prisma.$executeRaw`PRAGMA foreign_keys=OFF`
          return await prisma.$transaction(
            async (tx) => {
              await requireSetting(tx)
              return await work(tx)
            },
            { maxWait: patienceMs, timeout: patienceMs },
          )
        })
      } finally {
        await prisma.$executeRaw`PRAGMA foreign_keys=ON`
      }
    },
    // Its transactions take turns from their beginning.
    takeTurn: async () => {},
    checkReferences: async (tx) => {
      const [broken] = await tx.$queryRaw<{ table: string; parent: string }[]>`PRAGMA foreign_key_check`
      if (broken !== undefined) throw new Error(`a row of ${broken.table} refers to a row of ${broken.parent} that does not exist`)
    },
    // It numbers behind the greatest by itself.
    continueNumbers: async () => {},
    readClock: async () => null,
    isWhole: async () => {
      const [found = {}] = await prisma.$queryRawUnsafe<object[]>('PRAGMA quick_check(1)')
      return Object.values(found)[0] === 'ok'
    },
    copyTo: async (path) => {
      // A name cannot be a parameter of this statement.
      await prisma.$executeRawUnsafe(`VACUUM INTO '${path.replaceAll("'", "''")}'`)
    },
  }
}

/** The connection may have been opened anew since the setting was made, while it waited for another process. */
async function requireSetting(tx: TransactionClient): Promise<void> {
  const [setting] = await tx.$queryRaw<{ foreign_keys: unknown }[]>`PRAGMA foreign_keys`
  if (Number(setting?.foreign_keys) !== 0) throw Object.assign(new Error('The references are still enforced.'), { code: 'SQLITE_BUSY' })
}

/** Goes on trying to take the write lock, which is given up after seconds. */
async function untilFree<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
  }
}

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
  )`
