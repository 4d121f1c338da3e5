import { readTogether } from '../database/read-together.ts'
import { Prisma } from '../generated/prisma-sqlite/client.ts'
import type { Activity } from './activity.ts'

const FLUSH_INTERVAL_MS = 30_000
/** Rows of one statement. */
const PAGE = 500

/** When tokens and keys were last used: remembered at once, and written down now and then. */
export interface LastUses {
  /** @param id of the row of the token or key. */
  record(id: string, at: Date): void
  /** When it was last used by any gateway: to the half minute for others than this one. Null if never. */
  find(id: string): Promise<Date | null>
  flush(): Promise<void>
  /** Stops the timer and writes what is left. */
  close(): Promise<void>
}

/** @param onError is told when a flush fails; the times are then tried again with the next one. */
export function trackLastUses(activity: Activity, onError: (error: unknown) => void): LastUses {
  const unwritten = new Map<string, Date>()
  const readStored = readTogether((ids) => readAllLastUses(activity, { id: { in: [...ids] } }))

  async function flush(): Promise<void> {
    // In one order: replicas that lock the same rows in two orders stop each other.
    const batch = [...unwritten].sort(([one], [other]) => (one < other ? -1 : 1))
    unwritten.clear()
    if (batch.length === 0) return
    try {
      await activity.write(async (transaction) => {
        for (let from = 0; from < batch.length; from += PAGE) await store(transaction, batch.slice(from, from + PAGE))
      })
    } catch (error) {
      for (const [id, at] of batch) if (!unwritten.has(id)) unwritten.set(id, at)
      onError(error)
    }
  }

  const timer = setInterval(() => void flush(), FLUSH_INTERVAL_MS)
  timer.unref()
  return {
    record: (id, at) => void unwritten.set(id, at),
    find: async (id) => later(unwritten.get(id), (await readStored(id)) ?? undefined),
    flush,
    close: () => {
      clearInterval(timer)
      return flush()
    },
  }
}

/** When everything was last used, as it is written down; what never was is missing. */
export async function readAllLastUses(
  { prisma }: Pick<Activity, 'prisma'>,
  where: Prisma.LastUseWhereInput = {},
): Promise<ReadonlyMap<string, Date>> {
  const rows = await prisma.lastUse.findMany({ where })
  return new Map(rows.map(({ id, at }) => [id, at]))
}

/** Never back: another replica may have seen a later use. */
async function store(transaction: Prisma.TransactionClient, batch: readonly (readonly [string, Date])[]): Promise<void> {
  const rows = Prisma.join(batch.map(([id, at]) => Prisma.sql`(${id}, ${at})`))
  await transaction.$executeRaw`
    INSERT INTO last_uses (id, at) VALUES ${rows}
    ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE last_uses.at < excluded.at`
}

function later(one: Date | undefined, other: Date | undefined): Date | null {
  if (one === undefined || other === undefined) return one ?? other ?? null
  return one > other ? one : other
}
