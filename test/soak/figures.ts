import { appendFileSync } from 'node:fs'

/** Whether this is the long run of `npm run test:soak`, not the sample in the normal suite. */
export const isLong = process.env.SOAK === 'long'

/** A size in the long run and in the sample. `SOAK_SHARE=0.1` makes the long run a tenth as long, to see that it works. */
export function sized(long: number, sample: number): number {
  return isLong ? Math.ceil(long * Number(process.env.SOAK_SHARE ?? 1)) : sample
}

export type Figures = Readonly<Record<string, unknown>>

/** Says what was measured; the long run is for reading it, and ends with a table of all. */
export function tell(title: string, figures: Figures): void {
  if (!isLong) return
  process.stdout.write(`\n${title}: ${JSON.stringify(figures)}\n`)
  if (process.env.SOAK_FIGURES) appendFileSync(process.env.SOAK_FIGURES, `${JSON.stringify({ title, figures })}\n`)
}

export interface Latency {
  count: number
  p50: number
  p99: number
  max: number
}

/** In milliseconds. */
export function latencyOf(times: readonly number[]): Latency {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
