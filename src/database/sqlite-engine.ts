import type { PrismaClient } from '../generated/prisma-sqlite/client.ts'
import type { TransactionClient } from './client.ts'
import type { Engine, ManyRows } from './engine.ts'
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
    insertMany: async (tx, { table, own, shared, rows }) => {
      // It takes long to find a value in JSON, so what rows have in common is found once.
      const numbers = new Map<string, number>()
      const values = rows.map((row) => {
        const text = JSON.stringify(row.shared)
        const number = numbers.get(text) ?? numbers.size
        numbers.set(text, number)
        return [...row.own, number]
      })
      await tx.$executeRawUnsafe(insertStatement({ table, own, shared }), `[${[...numbers.keys()].join(',')}]`, JSON.stringify(values))
    },
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

function insertStatement({ table, own, shared }: Pick<ManyRows, 'table' | 'own' | 'shared'>): string {
  const sharedValues = shared.map((column, index) => `value ->> ${index} AS ${column}`)
  const values = [...own.map((_, index) => `value ->> ${index}`), ...shared.map((column) => `shared.${column}`)]
  return `WITH shared AS MATERIALIZED (SELECT key AS number, ${sharedValues.join(', ')} FROM json_each(?))
    INSERT INTO ${table} (${[...own, ...shared].join(', ')})
    SELECT ${values.join(', ')} FROM json_each(?) CROSS JOIN shared ON shared.number = value ->> ${own.length}`
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
