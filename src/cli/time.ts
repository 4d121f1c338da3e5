import { InvalidArgumentError } from 'commander'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Reads `30m`, `12h`, `90d`; in milliseconds, or null for anything else. */
export function parseDuration(text: string): number | null {
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
