import type { Database } from '../database/client.ts'
import type { Activity } from './activity.ts'
import { cleanRegularly } from './clean-regularly.ts'

const DAY_MS = 86_400_000
/** Rows that are looked at together. */
const PAGE = 500

/** Deletes, now and each day, when tokens and keys that are gone were last used: no reference does it, as they may be in another file. */
export function keepLastUsesClean(
  database: Pick<Database, 'prisma'>,
  activity: Activity,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  return cleanRegularly(DAY_MS, (signal) => deleteUsesOfGone(database, activity, signal), onError)
}

/** In pages, by id. A row is older than its use, so that one whose use is read is there unless it was deleted. */
async function deleteUsesOfGone({ prisma }: Pick<Database, 'prisma'>, activity: Activity, signal: AbortSignal): Promise<void> {
  let after = ''
  while (!signal.aborted) {
    const uses = await activity.prisma.lastUse.findMany({ where: { id: { gt: after } }, orderBy: { id: 'asc' }, take: PAGE })
    const ids = uses.map(({ id }) => id)
    const last = ids.at(-1)
    if (last === undefined) return
    after = last
    const rows = { where: { id: { in: ids } }, select: { id: true } } as const
    const there = new Set([...(await prisma.apiKey.findMany(rows)), ...(await prisma.accessToken.findMany(rows))].map(({ id }) => id))
    const gone = ids.filter((id) => !there.has(id))
    if (gone.length > 0) await activity.write((transaction) => transaction.lastUse.deleteMany({ where: { id: { in: gone } } }))
  }
}
