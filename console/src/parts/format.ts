const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** With separators between thousands. */
export function formatCount(count: number): string {
  return count.toLocaleString('en')
}

/** As short as an axis needs it, e.g. `1.2M`. */
export function formatCompact(count: number): string {
  return compact.format(count)
}

export function formatShare(part: number, whole: number): string {
  return percent.format(whole === 0 ? 0 : part / whole)
}

/** Milliseconds below ten seconds, seconds above. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 10_000) return `${formatCount(Math.round(milliseconds))} ms`
  return `${(milliseconds / 1_000).toLocaleString('en', { maximumFractionDigits: 1 })} s`
}

/** Letters written from right to left, and the characters that turn text around. */
const TURNS = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const ISOLATES = /[\u2066-\u2069]/g

/** A name as it stands in a sentence: whatever it is written in, it turns nothing around it. */
export function isolated(name: string): string {
  return TURNS.test(name) ? `\u2068${name.replaceAll(ISOLATES, '')}\u2069` : name
}
