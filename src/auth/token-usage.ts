import type { Database } from '../database/client.ts'

const FLUSH_INTERVAL_MS = 30_000

/** Remembers when tokens were last used, and writes it down now and then: a write for each read would cost more than the read. */
export interface TokenUsage {
  record(tokenId: string, at: Date): void
  flush(): Promise<void>
  /** Stops the timer and writes what is left. */
  close(): Promise<void>
}

/** @param onError is told when a flush fails; the times are then tried again with the next one. */
export function trackTokenUsage(database: Database, onError: (error: unknown) => void): TokenUsage {
  const lastUsed = new Map<string, Date>()

  async function flush(): Promise<void> {
    // In one order: replicas that lock the same rows in two orders stop each other.
    const batch = [...lastUsed].sort(([one], [other]) => (one < other ? -1 : 1))
    lastUsed.clear()
    if (batch.length === 0) return
    try {
      await database.write(async (transaction) => {
        for (const [id, lastUsedAt] of batch) await transaction.accessToken.updateMany({ where: { id }, data: { lastUsedAt } })
      })
    } catch (error) {
      for (const [id, at] of batch) if (!lastUsed.has(id)) lastUsed.set(id, at)
      onError(error)
    }
  }

  const timer = setInterval(() => void flush(), FLUSH_INTERVAL_MS)
  timer.unref()
  return {
    record: (tokenId, at) => void lastUsed.set(tokenId, at),
    flush,
    close: () => {
      clearInterval(timer)
      return flush()
    },
  }
}
