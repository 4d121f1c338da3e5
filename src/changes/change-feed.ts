import type { TokenReader } from '../auth/authenticate.ts'
import { findValidTokens } from '../auth/find-valid-tokens.ts'
import { oneAtATime } from '../database/one-at-a-time.ts'
import { readRevision } from '../database/revision.ts'
import { Fault } from '../errors.ts'
import { type ChangePosition, countProviderChanges, endOf, type ProviderChange, readProviderChanges } from './provider-changes.ts'
import { createStream, type Stream } from './stream.ts'

/**
 * Tells this process what any process has committed. Nobody publishes to it: the audit event that each change writes in
 * its own transaction is what it reads, so no change is told that did not happen, and none is missed, not even over a
 * lost connection.
 */
export interface ChangeFeed {
  /**
   * The changes that `accepts` lets through: those behind the place of one that was told before, and those that are
   * committed from now on. Ends when the token is no longer valid, when the reader falls far behind, and when the gateway
   * stops.
   * @throws Fault when there are too many streams, too much was missed, or the database is away.
   */
  subscribe(
    tokenId: string,
    accepts: (change: ProviderChange) => boolean,
    after?: ChangePosition | null,
  ): Promise<AsyncIterableIterator<ProviderChange>>
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
/** So that nobody keeps all others from subscribing. */
const MAX_STREAMS_OF_TOKEN = 500
/** Changes that wait for one slow reader. */
const MAX_WAITING = 1_000

interface Subscriber {
  readonly tokenId: string
  readonly accepts: (change: ProviderChange) => boolean
  readonly stream: Stream<ProviderChange>
  /** Where an earlier stream ended that this one goes on from. */
  readonly after: ChangePosition | null
  /** Changes before this is true happened before the subscription. */
  live: boolean
}

export function createChangeFeed(tokens: TokenReader, clock: () => Date): ChangeFeed {
  const { database } = tokens
  const subscribers = new Set<Subscriber>()
  let known: number | null = null
  let closed = false
  let readAt = performance.now()

  /** Everything up to the revision that is read first is visible to what is read after it. */
  async function step(): Promise<void> {
    if (closed) return
    // Whoever comes while this reads waits for a step of their own.
    const present = [...subscribers]
    const current = await readRevision(database)
    if (present.length > 0) await deliver(present, known ?? current, current)
    known = current
    readAt = performance.now()
  }

  /** Reads everything first: what fails after a change was told would tell it again. */
  async function deliver(present: readonly Subscriber[], known: number, current: number): Promise<void> {
    const changes = current > known ? await readProviderChanges(database, endOf(known), current) : []
    const missed = await readMissed(present, current)
    const valid = await findValidTokens(
      tokens,
      present.map(({ tokenId }) => tokenId),
      clock(),
    )
    for (const subscriber of present) {
      const { tokenId, accepts, stream, live } = subscriber
      if (!valid.has(tokenId)) stream.end()
      const told = live ? changes : (missed.get(subscriber) ?? [])
      for (const change of told.filter(accepts)) stream.push(change)
      subscriber.live = true
    }
  }

  async function readMissed(present: readonly Subscriber[], upTo: number): Promise<Map<Subscriber, readonly ProviderChange[]>> {
    const missed = new Map<Subscriber, readonly ProviderChange[]>()
    for (const subscriber of present.filter(({ live }) => !live))
      if (subscriber.after !== null) missed.set(subscriber, await readProviderChanges(database, subscriber.after, upTo))
    return missed
  }

  function requireRoom(token: string): void {
    const ofToken = [...subscribers].filter(({ tokenId }) => tokenId === token).length
    if (subscribers.size < MAX_STREAMS && ofToken < MAX_STREAMS_OF_TOKEN) return
    const where = ofToken < MAX_STREAMS_OF_TOKEN ? 'at this gateway' : 'with this token'
    throw new Fault('RATE_LIMITED', `Too many subscriptions are open ${where}. Try again later.`, { retryAfterSeconds: 10 })
  }

  /** A stream may go on from where another one ended, on this state of the database or an earlier one, and not too far back. */
  async function requireReachable(after: ChangePosition): Promise<void> {
    const current = await readRevision(database)
    if (after.revision > current)
      throw new Fault('BAD_USER_INPUT', '`after` is not a cursor of this database. Subscribe without it, and read all providers again.')
    if ((await countProviderChanges(database, after, current)) > MAX_WAITING)
      throw new Fault('BAD_USER_INPUT', 'There are too many changes since `after`. Subscribe without it, and read all providers again.')
  }

  const follow = oneAtATime(step)
  // A database that is away is not this feed's to report: whoever asks for a stream is told.
  const followQuietly = () => void follow().catch(() => {})
  const stopWaking = database.onWrite(followQuietly)
  const timer = setInterval(followQuietly, POLL_INTERVAL_MS)
  timer.unref()
  followQuietly()

  return {
    subscribe: async (tokenId, accepts, after = null) => {
      if (after !== null) await requireReachable(after)
      if (closed) throw new Fault('SERVICE_UNAVAILABLE', 'The gateway is stopping. Subscribe again in a moment.', { retryAfterSeconds: 1 })
      requireRoom(tokenId)
      const stream = createStream<ProviderChange>(MAX_WAITING, () => void subscribers.delete(subscriber))
      const subscriber: Subscriber = { tokenId, accepts, stream, after, live: false }
      subscribers.add(subscriber)
      try {
        await follow()
      } catch (error) {
        stream.end()
        throw error
      }
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
