import { findValidTokens } from '../auth/find-valid-tokens.ts'
import type { Database } from '../database/client.ts'
import { oneAtATime } from '../database/one-at-a-time.ts'
import { readRevision } from '../database/revision.ts'
import { Fault } from '../errors.ts'
import { type ProviderChange, readProviderChanges } from './provider-changes.ts'
import { createStream, type Stream } from './stream.ts'

/**
 * Tells this process what any process has committed. Nobody publishes to it: the audit event that each change writes in
 * its own transaction is what it reads, so no change is told that did not happen, and none is missed, not even over a
 * lost connection.
 */
export interface ChangeFeed {
  /**
   * The changes that are committed from now on and that `accepts` lets through. Ends when the token is no longer valid,
   * when the reader falls far behind, and when the gateway stops.
   * @throws Fault when there are too many streams, or the database is away.
   */
  subscribe(tokenId: string, accepts: (change: ProviderChange) => boolean): Promise<AsyncIterableIterator<ProviderChange>>
  statistics(): ChangeFeedStatistics
  /** Ends all streams. */
  close(): Promise<void>
}

export interface ChangeFeedStatistics {
  /** Streams that are open. */
  readonly subscriptions: number
  /** Seconds since the feed last read everything there was. */
  readonly ageSeconds: number
}

/** How often the revision is read when nothing wakes the feed. */
const POLL_INTERVAL_MS = 500

const MAX_STREAMS = 1_000
/** Changes that wait for one slow reader. */
const MAX_WAITING = 1_000

interface Subscriber {
  readonly tokenId: string
  readonly accepts: (change: ProviderChange) => boolean
  readonly stream: Stream<ProviderChange>
  /** Changes before this is true happened before the subscription. */
  live: boolean
}

export function createChangeFeed(database: Database, clock: () => Date): ChangeFeed {
  const subscribers = new Set<Subscriber>()
  let known: number | null = null
  let closed = false
  let readAt = performance.now()

  /** Everything up to the revision that is read first is visible to what is read after it. */
  async function step(): Promise<void> {
    if (closed) return
    const current = await readRevision(database)
    if (subscribers.size > 0) await deliver(known ?? current, current)
    known = current
    readAt = performance.now()
  }

  async function deliver(after: number, upTo: number): Promise<void> {
    // Whoever comes while this reads waits for a step of their own.
    const present = [...subscribers]
    const changes = upTo > after ? await readProviderChanges(database, after, upTo) : []
    const valid = await findValidTokens(
      database,
      present.map(({ tokenId }) => tokenId),
      clock(),
    )
    for (const { tokenId, accepts, stream, live } of present) {
      if (!valid.has(tokenId)) stream.end()
      if (live) for (const change of changes.filter(accepts)) stream.push(change)
    }
  }

  const follow = oneAtATime(step)
  // A database that is away is not this feed's to report: whoever asks for a stream is told.
  const followQuietly = () => void follow().catch(() => {})
  const stopWaking = database.onWrite(followQuietly)
  const timer = setInterval(followQuietly, POLL_INTERVAL_MS)
  timer.unref()
  followQuietly()

  return {
    subscribe: async (tokenId, accepts) => {
      if (closed) throw new Fault('SERVICE_UNAVAILABLE', 'The gateway is stopping. Subscribe again in a moment.', { retryAfterSeconds: 1 })
      if (subscribers.size >= MAX_STREAMS)
        throw new Fault('RATE_LIMITED', 'Too many subscriptions are open at this gateway. Try again later.', { retryAfterSeconds: 10 })
      const stream = createStream<ProviderChange>(MAX_WAITING, () => void subscribers.delete(subscriber))
      const subscriber: Subscriber = { tokenId, accepts, stream, live: false }
      subscribers.add(subscriber)
      try {
        await follow()
      } catch (error) {
        stream.end()
        throw error
      }
      subscriber.live = true
      return stream
    },
    statistics: () => ({ subscriptions: subscribers.size, ageSeconds: (performance.now() - readAt) / 1_000 }),
    close: async () => {
      closed = true
      clearInterval(timer)
      stopWaking()
      for (const { stream } of subscribers) stream.end()
      await follow().catch(() => {})
    },
  }
}
