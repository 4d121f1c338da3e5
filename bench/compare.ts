import type { Measured } from './drive.ts'

export type Round = () => Promise<Measured>

/** Medians of all rounds of one side. */
export interface Figures extends Measured {
  /** Processor time in the round with the least: the others were disturbed. */
  readonly leastCpuMicros?: number | null
  /** Requests per second of each round, in their order. */
  readonly rounds: readonly number[]
}

export type Comparison = Readonly<Record<string, Figures>>

/**
 * Runs all sides by turns, so that what else the machine does falls on all of them alike. A first round is not counted: until
 * V8 has compiled what a question needs, a request in a hundred takes ten times as long.
 */
export async function compare(title: string, sides: Readonly<Record<string, Round>>, rounds: number): Promise<Comparison> {
  const measured = new Map<string, Measured[]>(Object.keys(sides).map((side) => [side, []]))
  for (let round = 0; round <= rounds; round++)
    for (const [side, run] of Object.entries(sides)) {
      const found = await run()
      if (round > 0) measured.get(side)?.push(found)
    }
  const comparison = Object.fromEntries([...measured].map(([side, results]) => [side, figuresOf(results)]))
  print(title, comparison)
  return comparison
}

function figuresOf(results: readonly Measured[]): Figures {
  const median = (pick: (one: Measured) => number) => medianOf(results.map(pick))
  const cpu = results.flatMap(({ cpuMicros }) => (cpuMicros === null ? [] : [cpuMicros]))
  return {
    requestsPerSecond: Math.round(median((one) => one.requestsPerSecond)),
    p50Ms: hundredths(median((one) => one.p50Ms)),
    p99Ms: hundredths(median((one) => one.p99Ms)),
    cpuMicros: cpu.length === 0 ? null : Math.round(medianOf(cpu)),
    leastCpuMicros: cpu.length === 0 ? null : Math.min(...cpu),
    rounds: results.map(({ requestsPerSecond }) => Math.round(requestsPerSecond)),
  }
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}

function print(title: string, comparison: Comparison): void {
  process.stdout.write(`\n${title}\n`)
  for (const [side, { requestsPerSecond, p50Ms, p99Ms, cpuMicros, rounds }] of Object.entries(comparison)) {
    const figures = [
      `${requestsPerSecond}/s`.padStart(10),
      `p50 ${p50Ms} ms`.padStart(14),
      `p99 ${p99Ms} ms`.padStart(15),
      `${cpuMicros} µs CPU`.padStart(14),
    ]
    process.stdout.write(`  ${side.padEnd(34)}${figures.join('')}   rounds ${rounds.join(' ')}\n`)
  }
}
