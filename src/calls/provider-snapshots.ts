import { LRUCache } from 'lru-cache'
import type { ProviderForCall } from './provider-for-call.ts'

/** Finds a provider by its name; null when there is none. */
export type FindProvider = (name: string, state: number | null) => Promise<ProviderForCall | null>

interface Snapshot {
  readonly state: number
  readonly provider: Promise<ProviderForCall | null>
}

const MAX_SNAPSHOTS = 2_000

/**
 * Keeps what was read of each provider for as long as the data does not change. A snapshot holds sealed texts alone.
 * @param read reads a provider as it is now.
 */
export function createProviderSnapshots(read: (name: string) => Promise<ProviderForCall | null>): FindProvider {
  const snapshots = new LRUCache<string, Snapshot>({ max: MAX_SNAPSHOTS })
  return (name, state) => {
    if (state === null) return read(name)
    const known = snapshots.get(name)
    if (known !== undefined && known.state === state) return known.provider
    const provider = read(name)
    const snapshot = { state, provider }
    snapshots.set(name, snapshot)
    provider.catch(() => {
      if (snapshots.peek(name) === snapshot) snapshots.delete(name)
    })
    return provider
  }
}
