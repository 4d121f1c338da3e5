import { setTimeout as sleep } from 'node:timers/promises'
import type { Activity } from '../activity/activity.ts'
import { cleanRegularly } from '../activity/clean-regularly.ts'
import { firstCallId } from './call-row.ts'
import { dayOf, hourOf } from './sum-calls.ts'

/** How long sums are kept: those of hours, and those of days. */
export const HOURS_KEPT_DAYS = 31
const DAYS_KEPT = 400

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Calls that are deleted together. */
const STEP = 1_000
/** Between two steps others write. */
const PAUSE_MS = 10

export interface Retention {
  /** Days that single calls are kept. */
  readonly callDays: number
  readonly clock: () => Date
  readonly onError: (error: unknown) => void
}

/** Deletes, now and each hour, what is older than it is kept. */
export function keepUsageShort(activity: Activity, { callDays, clock, onError }: Retention): { close(): Promise<void> } {
  return cleanRegularly(HOUR_MS, (signal) => deleteOldUsage(activity, clock(), callDays, signal), onError)
}

/** In steps, so that nobody waits long behind one of them. Ends early when the signal says so. */
export async function deleteOldUsage(activity: Activity, now: Date, callDays: number, signal: AbortSignal): Promise<void> {
  await repeat(signal, () => deleteCalls(activity, new Date(now.getTime() - callDays * DAY_MS)))
  await repeat(signal, () => deleteSums(activity, 1, hourOf(now) - HOURS_KEPT_DAYS * 24))
  await repeat(signal, () => deleteSums(activity, 24, dayOf(now) - DAYS_KEPT * 24))
  if (!signal.aborted)
    await activity.write((transaction) => transaction.usageName.deleteMany({ where: { seenOn: { lt: dayOf(now) / 24 - DAYS_KEPT } } }))
}

async function repeat(signal: AbortSignal, step: () => Promise<boolean>): Promise<void> {
  while (!signal.aborted && (await step())) await sleep(PAUSE_MS)
}

/** Whether there may be more. */
async function deleteCalls({ prisma, write }: Activity, before: Date): Promise<boolean> {
  const old = await prisma.modelCall.findMany({
    where: { id: { lt: firstCallId(before) } },
    orderBy: { id: 'asc' },
    take: STEP,
    select: { id: true },
  })
  const last = old.at(-1)
  if (last === undefined) return false
  await write((transaction) => transaction.modelCall.deleteMany({ where: { id: { lte: last.id } } }))
  return true
}

/** The sums of the oldest span, if it is over for so long. */
async function deleteSums({ prisma, write }: Activity, hours: number, before: number): Promise<boolean> {
  const oldest = await prisma.usageSum.findFirst({ where: { hours, at: { lt: before } }, orderBy: { at: 'asc' }, select: { at: true } })
  if (oldest === null) return false
  await write((transaction) => transaction.usageSum.deleteMany({ where: { hours, at: oldest.at } }))
  return true
}
