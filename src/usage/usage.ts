import type { Activity } from '../activity/activity.ts'
import type { Backlog } from '../backlog.ts'
import type { CallRecord } from '../calls/call-record.ts'
import { toCallRow } from './call-row.ts'
import { readTokensOfDay } from './read-usage.ts'
import { keepUsageShort, type Retention } from './retention.ts'
import { dayOf } from './sum-calls.ts'
import { createUsageQueue } from './usage-queue.ts'

/** Who has called what, and what that used. */
export interface Usage {
  /** Takes a call that is over. Never throws, and costs the call nothing. */
  record(record: CallRecord): void
  /** For reads, once all is written that this process has recorded. */
  written(): Promise<Pick<Activity, 'prisma'>>
  /**
   * Whether a caller has used fewer input and output tokens since the beginning of the day of UTC: by what all replicas have
   * written down, and what this one has not yet. While the store does not answer, by the latter alone.
   */
  hasTokensLeft(callerId: string, perDay: number): Promise<boolean>
  /** How many calls were lost, because the store failed for too long. */
  dropped(): number
  close(): Promise<void>
}

/** How often the tokens of a caller are counted, who is about to reach a limit. */
const MOST_TRIES = 3

/** @param backlog where calls wait that are over, and not recorded yet. */
export function createUsage(activity: Activity, retention: Retention, backlog: Pick<Backlog, 'settle'>): Usage {
  const { clock, onError } = retention
  const queue = createUsageQueue(activity, onError)
  const cleaning = keepUsageShort(activity, retention)
  return {
    record: (record) => {
      const row = toCallRow(record)
      if (row !== null) queue.add(row)
    },
    written: async () => {
      backlog.settle()
      await queue.flush()
      return activity
    },
    hasTokensLeft: async (callerId, perDay) => {
      const day = dayOf(clock())
      const waiting = () => {
        backlog.settle()
        return queue.waitingTokens(callerId, day)
      }
      for (let tries = 1; ; tries++) {
        const before = { waiting: waiting(), edition: queue.edition() }
        const written = await readTokensOfDay(activity, callerId, day).catch((error: unknown) => {
          onError(error)
          return 0
        })
        if (written >= perDay) return false
        if (written + Math.max(before.waiting, waiting()) < perDay) return true
        // What was written meanwhile may be counted twice now. It takes a moment to know.
        if (tries === MOST_TRIES || (queue.edition() === before.edition && !queue.isWriting())) return false
        await queue.flush()
      }
    },
    dropped: queue.dropped,
    close: async () => {
      await cleaning.close()
      backlog.settle()
      await queue.close()
    },
  }
}
