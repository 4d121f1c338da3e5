import { LRUCache } from 'lru-cache'
import type { ProviderForCall } from './provider-for-call.ts'

/** Finds a provider by its name; null when there is none. */
export type FindProvider = (name: string, state: number | null) => Promise<ProviderForCall | null>

interface Snapshot<Found> {
  readonly state: number
  readonly found: Promise<Found | null>
}

const MAX_SNAPSHOTS = 2_000
/** No provider and no route has a longer name. */
export const LONGEST_PROVIDER_NAME = 1_000

/**
 * Keeps what was read by each name for as long as the data does not change. A snapshot of a provider holds sealed texts alone.
 * Names come from callers: one that is too long is unknown at once, and unknown ones are not kept.
 * @param read reads what has the name as it is now; null when nothing has.
 */
export function createSnapshots<Found>(
  read: (name: string) => Promise<Found | null>,
): (name: string, state: number | null) => Promise<Found | null> {
  const snapshots = new LRUCache<string, Snapshot<Found>>({ max: MAX_SNAPSHOTS })
  return async (name, state) => {
    if (name.length > LONGEST_PROVIDER_NAME) return null
    if (state === null) return read(name)
    const known = snapshots.get(name)
    if (known !== undefined && known.state === state) return known.found
    const found = read(name)
    const snapshot = { state, found }
    // A name that was cut out of a longer text keeps all of that text in memory.
    const own = Buffer.from(name, 'utf16le').toString('utf16le')
    snapshots.set(own, snapshot)
    const forget = () => {
      if (snapshots.peek(own) === snapshot) snapshots.delete(own)
    }
    found.then((row) => {
      if (row === null) forget()
    }, forget)
    return found
  }
}
