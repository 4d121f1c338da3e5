import { z } from 'zod'

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  '\u00b5s': 1e-3,
  '\u03bcs': 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g

/** The least and the longest pause, in milliseconds (Bifrost contract, section 2.1). */
const [LEAST, LONGEST] = [100, 1_000_000]

/** Milliseconds as a number, or a duration as Go writes it: `500ms`, `1m30s`. */
export const backoff = z
  .union([
    z.int().min(0),
    z.string().transform((text, context) => {
      const milliseconds = readDuration(text)
      if (milliseconds !== null) return milliseconds
      context.addIssue({ code: 'custom', message: 'not a duration' })
      return z.NEVER
    }),
  ])
  .nullish()
  .meta({ description: 'Milliseconds, or a duration such as `500ms`; 0 for the default.' })

/** Whole milliseconds; null for what is no duration, is negative, or is finer than that. */
function readDuration(given: string): number | null {
  const text = given.replace(/^\+/, '')
  if (text === '0') return 0
  const parts = Array.from(text.matchAll(PART))
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return null
  const milliseconds = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? 0), 0)
  return Number.isSafeInteger(milliseconds) ? milliseconds : null
}

/** What is wrong with the two pauses, or null. Zero is not set. */
export function backoffProblem(initial: number, longest: number): string | null {
  for (const [name, value] of [['initial', initial] as const, ['max', longest] as const]) {
    if (value !== 0 && value < LEAST) return `Invalid retry backoff: retry backoff ${name} must be at least 100ms`
    if (value > LONGEST) return `Invalid retry backoff: retry backoff ${name} must be at most 16m40s`
  }
  if (initial === 0 || longest === 0 || initial <= longest) return null
  return 'Invalid retry backoff: retry backoff initial must be less than or equal to retry backoff max'
}
