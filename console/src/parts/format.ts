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
