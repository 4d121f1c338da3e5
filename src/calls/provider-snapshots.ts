import { LRUCache } from 'lru-cache'
import type { ProviderForCall } from './provider-for-call.ts'

/** Finds a provider by its name; null when there is none. */
export type FindProvider = (name: string, state: number | null) => Promise<ProviderForCall | null>

interface Snapshot<Found> {
  readonly state: number
  readonly found: Promise<Found>
}

const MAX_SNAPSHOTS = 2_000

/**
 * Keeps what was read by each name for as long as the data does not change. A snapshot of a provider holds sealed texts alone.
 * @param read reads what has the name as it is now.
 */
export function createSnapshots<Found>(read: (name: string) => Promise<Found>): (name: string, state: number | null) => Promise<Found> {
  const snapshots = new LRUCache<string, Snapshot<Found>>({ max: MAX_SNAPSHOTS })
  return (name, state) => {
    if (state === null) return read(name)
    const known = snapshots.get(name)
    if (known !== undefined && known.state === state) return known.found
    const found = read(name)
    const snapshot = { state, found }
    snapshots.set(name, snapshot)
    found.catch(() => {
      if (snapshots.peek(name) === snapshot) snapshots.delete(name)
    })
    return found
  }
}
