import { InvalidArgumentError } from 'commander'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Reads `30m`, `12h`, `90d`; in milliseconds, or null for anything else. */
function parseDuration(text: string): number | null {
  const [, amount, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  const milliseconds = UNITS[unit]
  return amount === undefined || milliseconds === undefined || Number(amount) === 0 ? null : Number(amount) * milliseconds
}

/** Reads the value of an option that is a duration, in milliseconds. */
export function durationOption(text: string): number {
  const duration = parseDuration(text)
  if (duration === null) throw new InvalidArgumentError('It must be a number and a unit: 30m, 12h, 90d.')
  return duration
}

/** Where a range of time begins, or ends: a time, or so long ago. */
export type Since = (now: Date) => Date

/** Reads the value of an option that is one. */
export function sinceOption(text: string): Since {
  const duration = parseDuration(text)
  if (duration !== null) return (now) => new Date(now.getTime() - duration)
  const time = readTime(text)
  if (time === null) throw new InvalidArgumentError('It must be a duration such as 12h, or a time such as 2026-03-04T05:06Z.')
  return () => time
}

/** As the log shows it, or by the standard. Without a zone it is UTC, wherever the machine stands. */
function readTime(text: string): Date | null {
  const [, day = '', time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? []
  const [midnight, date] = [new Date(`${day}T00:00Z`), new Date(`${day}T${time}${zone}`)]
  if (Number.isNaN(midnight.getTime()) || Number.isNaN(date.getTime())) return null
  // JavaScript takes 30 February for 2 March.
  return midnight.toISOString().startsWith(day) ? date : null
}
