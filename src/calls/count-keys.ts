import type { Database } from '../database/client.ts'
import type { KeyAvailability, KeyStates } from './key-states.ts'
import { editionOf } from './provider-for-call.ts'

/** How many keys of one type of provider are in one state. */
export interface KeyCount {
  readonly type: string
  readonly availability: KeyAvailability['state']
  readonly count: number
}

/** Ids of one statement. */
const PAGE = 500

/**
 * Counts stored keys by the type of their provider and by their availability. The database counts those that are switched on
 * and off; only the few that rest are read one by one.
 */
export async function countKeys({ prisma }: Pick<Database, 'prisma'>, states: KeyStates): Promise<readonly KeyCount[]> {
  const counts = new Map<string, KeyCount>()
  const add = (type: string, availability: KeyCount['availability'], change: number) => {
    const key = `${type} ${availability}`
    counts.set(key, { type, availability, count: (counts.get(key)?.count ?? 0) + change })
  }
  const rows = await prisma.$queryRaw<{ type: string; enabled: unknown; keys: unknown }[]>`
    SELECT p.type AS type, k.enabled AS enabled, COUNT(*) AS keys FROM api_keys k JOIN providers p ON p.id = k.provider_id
    WHERE p.deleted_at IS NULL GROUP BY p.type, k.enabled`
  for (const { type, enabled, keys } of rows) {
    for (const state of STATES) add(type, state, 0)
    add(type, enabled ? 'READY' : 'DISABLED', Number(keys))
  }
  const ids = states.restingIds()
  for (let from = 0; from < ids.length; from += PAGE) {
    const resting = await prisma.apiKey.findMany({
      where: { id: { in: ids.slice(from, from + PAGE) }, enabled: true, provider: { deletedAt: null } },
      select: { id: true, availabilityResets: true, provider: { select: { type: true } } },
    })
    for (const { provider, ...key } of resting) {
      const { state } = states.availabilityOf({ id: key.id, enabled: true, edition: editionOf(key) })
      add(provider.type, 'READY', -1)
      add(provider.type, state, 1)
    }
  }
  return [...counts.values()]
}

const STATES = ['READY', 'COOLING', 'EXHAUSTED', 'REFUSED', 'DISABLED'] as const
