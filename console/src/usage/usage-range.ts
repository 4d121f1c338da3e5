/** A time that usage is read of, in steps of hours or of days of UTC. */
export interface UsageRange {
  readonly from: Date
  readonly until: Date
  readonly step: 'HOUR' | 'DAY'
}

export const RANGES = { '24h': '24 hours', '7d': '7 days', '30d': '30 days', '90d': '90 days', own: 'Custom' } as const
export type RangeName = keyof typeof RANGES

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Up to here steps are hours. */
const LONGEST_OF_HOURS_MS = 7 * DAY_MS
/** The gateway keeps sums of hours so long. */
const HOURS_KEPT_MS = 30 * DAY_MS
/** One answer has at most 1,000 sums. */
const MOST_DAYS = 1_000
/** The last day whose end the gateway can read as a time. */
const LAST_DAY = Date.UTC(9999, 11, 30)

const LENGTHS_MS: Readonly<Record<Exclude<RangeName, 'own'>, number>> = {
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
}

export function rangeNameOf(parameters: URLSearchParams): RangeName {
  const asked = parameters.get('range')
  return asked !== null && isRangeName(asked) ? asked : '7d'
}

function isRangeName(name: string): name is RangeName {
  return Object.hasOwn(RANGES, name)
}

/** The time that the URL names: it ends with the running hour or day, or with the last day that somebody chose. */
export function rangeOf(parameters: URLSearchParams, now: number): UsageRange {
  const name = rangeNameOf(parameters)
  if (name === 'own') return ownRange(parameters, now)
  const length = LENGTHS_MS[name]
  const step = length <= LONGEST_OF_HOURS_MS ? 'HOUR' : 'DAY'
  const until = roundUp(now, step)
  return { from: new Date(until - length), until: new Date(until), step }
}

function ownRange(parameters: URLSearchParams, now: number): UsageRange {
  const today = roundUp(now, 'DAY') - DAY_MS
  const lastDay = dayOf(parameters.get('until')) ?? today
  const firstDay = dayOf(parameters.get('from')) ?? lastDay - 6 * DAY_MS
  const from = Math.max(Math.min(firstDay, lastDay), lastDay - (MOST_DAYS - 1) * DAY_MS)
  const until = lastDay + DAY_MS
  const hasHours = until - from <= LONGEST_OF_HOURS_MS && from > now - HOURS_KEPT_MS
  return { from: new Date(from), until: new Date(until), step: hasHours ? 'HOUR' : 'DAY' }
}

/** When a day of UTC begins; null for what is no date. */
function dayOf(text: string | null): number | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const day = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(day) ? null : Math.min(Math.max(day, 0), LAST_DAY)
}

/** As a date field writes it. */
export function dateText(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** The last day of a time. */
export function lastDayOf({ until }: UsageRange): Date {
  return new Date(until.getTime() - DAY_MS)
}

/** Every step of the time, also those without calls. */
export function stepsOf({ from, until, step }: UsageRange): Date[] {
  const length = step === 'HOUR' ? HOUR_MS : DAY_MS
  const count = Math.ceil((until.getTime() - from.getTime()) / length)
  return Array.from({ length: count }, (_, index) => new Date(from.getTime() + index * length))
}

function roundUp(time: number, step: UsageRange['step']): number {
  const length = step === 'HOUR' ? HOUR_MS : DAY_MS
  return Math.ceil((time + 1) / length) * length
}
