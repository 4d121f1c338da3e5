import type { Activity } from '../activity/activity.ts'
import type { TransactionClient } from '../database/client.ts'
import { Fault } from '../errors.ts'
import type { ModelCall } from '../generated/prisma-sqlite/client.ts'
import { KeptRefusals } from './kept-refusals.ts'
import { KnownModels } from './known-models.ts'
import { storeCalls } from './store-calls.ts'
import { dayOf } from './sum-calls.ts'

/** With what a call waits before it comes here, less than the second that a kill may lose. */
const FLUSH_INTERVAL_MS = 900
/** Rows that are written together; as many waiting are written at once. */
const BATCH = 500
/** Rows that may wait; what comes beyond is lost. */
const MOST_WAITING = 10_000

/** Calls that wait to be written down. */
export interface UsageQueue {
  add(row: ModelCall): void
  /** Writes what waits. Never throws: what cannot be written now waits for the next time. */
  flush(): Promise<void>
  /** Input and output tokens of a caller's calls that wait. @param day hours since 1970. */
  waitingTokens(callerId: string, day: number): number
  /** Another one when what waits may be what is written: before and after each writing. */
  edition(): number
  isWriting(): boolean
  /** How many calls were lost, because the store failed for too long. */
  dropped(): number
  /** Writes what waits, and ends. */
  close(): Promise<void>
}

/** @param onError is told when calls cannot be written. */
export function createUsageQueue(activity: Pick<Activity, 'engine' | 'write'>, onError: (error: unknown) => void): UsageQueue {
  const waiting: ModelCall[] = []
  const tokens = new WaitingTokens()
  const models = new KnownModels()
  const refusals = new KeptRefusals()
  /** Calls that only the sums tell of. */
  const summed = new WeakSet<ModelCall>()
  let dropped = 0
  let edition = 0
  let isWriting = false
  /** What is being written, or was when that failed. */
  let batch: readonly ModelCall[] = []
  /** Whether it may be written already, although it failed. */
  let isRetry = false
  let flushing: Promise<void> | null = null

  /** Whether there may be more to write. */
  async function writeBatch(): Promise<boolean> {
    if (batch.length === 0) batch = waiting.splice(0, BATCH)
    if (batch.length === 0) return false
    const kept = batch.filter((row) => !summed.has(row))
    // By one row a retry knows whether the batch is written.
    const single = kept.length > 0 ? kept : batch.slice(0, 1)
    edition += 1
    isWriting = true
    try {
      await activity.write(async (transaction) => {
        if (isRetry && (await isStored(transaction, single))) return
        await storeCalls(activity.engine, transaction, batch, { models, single })
      })
    } catch (error) {
      onError(error)
      isRetry = true
      if (error instanceof Fault) return false
      // It is no matter of the database's state: it would fail again and again.
      dropped += batch.length
    } finally {
      isWriting = false
    }
    for (const row of batch) tokens.add(row, -1)
    batch = []
    isRetry = false
    edition += 1
    return true
  }

  async function writeAll(): Promise<void> {
    while (await writeBatch());
  }

  function flush(): Promise<void> {
    flushing ??= writeAll().finally(() => {
      flushing = null
    })
    return flushing
  }

  const timer = setInterval(() => void flush(), FLUSH_INTERVAL_MS)
  timer.unref()
  return {
    add: (row) => {
      if (waiting.length + batch.length >= MOST_WAITING) {
        dropped += 1
        return
      }
      waiting.push(row)
      if (!refusals.takes(row)) summed.add(row)
      tokens.add(row, 1)
      if (waiting.length >= BATCH && !isRetry) void flush()
    },
    flush,
    waitingTokens: (callerId, day) => tokens.of(callerId, day),
    edition: () => edition,
    isWriting: () => isWriting,
    dropped: () => dropped,
    close: async () => {
      clearInterval(timer)
      // One may be under way that began before the last call came.
      await flush()
      await flush()
    },
  }
}

async function isStored(transaction: TransactionClient, [first]: readonly ModelCall[]): Promise<boolean> {
  return first !== undefined && (await transaction.modelCall.findUnique({ where: { id: first.id }, select: { id: true } })) !== null
}

/** Tokens of calls that wait, by caller and day. */
class WaitingTokens {
  readonly #counts = new Map<string, number>()

  add({ callerId, startedAt, inputTokens, outputTokens }: ModelCall, sign: 1 | -1): void {
    const tokens = (inputTokens ?? 0) + (outputTokens ?? 0)
    if (tokens === 0) return
    const key = `${callerId} ${dayOf(startedAt)}`
    const count = (this.#counts.get(key) ?? 0) + sign * tokens
    if (count === 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }

  of(callerId: string, day: number): number {
    return this.#counts.get(`${callerId} ${day}`) ?? 0
  }
}
