/**
 * The classes of times to the first byte, by their ends in milliseconds; the last one has none. A sum keeps how many calls are
 * in each class, so these never change.
 */
const ENDS = [
  ...[10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000],
  ...[30_000, 60_000, 120_000],
]

/** The columns of a sum, one for each class. */
export const FIRST_BYTE_COLUMNS: readonly string[] = Array.from({ length: ENDS.length + 1 }, (_, index) => `first_byte_${index}`)

/** The class that a time is in. */
export function firstByteClass(ms: number): number {
  const index = ENDS.findIndex((end) => ms <= end)
  return index === -1 ? ENDS.length : index
}

/**
 * The time that so many percent of calls have not exceeded, in milliseconds, between the ends of its class; null without a call.
 * Of what is beyond the last end, that end is all that is known.
 */
export function percentile(counts: readonly number[], percent: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let rest = (total * percent) / 100
  for (const [index, count] of counts.entries()) {
    const start = ENDS[index - 1] ?? 0
    const end = ENDS[index] ?? start
    if (count > 0 && rest <= count) return Math.round(start + (end - start) * (rest / count))
    rest -= count
  }
  return ENDS.at(-1) ?? null
}
