import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'

const HOUR_MS = 3_600_000
const DAY_HOURS = 24
const OUTCOMES = ['OK', 'OK', 'OK', 'OK', 'RATE_LIMITED', 'VENDOR_ERROR', 'CALLER_LEFT'] as const

/** Ids of rows whose calls are made up. */
export interface MadeUsage {
  readonly providerIds: readonly string[]
  readonly apiKeyId: string
  readonly callerIds: readonly string[]
  readonly models: readonly string[]
}

/** The id of the row that a GraphQL id names. */
export function rowOf(id: string): string {
  return Buffer.from(id, 'base64').toString().split(':').at(-1) ?? ''
}

/** Puts sums of 90 days, and of the hours of the last 7, into the activity store in `folder`, as if so many calls had been made. */
export function makeUsage(folder: string, made: MadeUsage, now: number): void {
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('-activity.db'))
  if (file === undefined) throw new Error('The gateway has no activity store.')
  const database = new Database(join(folder, file))
  try {
    database.pragma('busy_timeout = 10000')
    const insert = database.prepare(
      `INSERT OR REPLACE INTO usage_sums (hours, at, provider_id, api_key_id, model, caller_id, outcome, calls, missing_usage,
        input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, first_byte_8, first_byte_12)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0, ?, 0, ?, ?)`,
    )
    const hour = Math.floor(now / HOUR_MS)
    const today = Math.floor(hour / DAY_HOURS) * DAY_HOURS
    const spans = [
      ...Array.from({ length: 90 }, (_, index) => [DAY_HOURS, today - (index + 1) * DAY_HOURS] as const),
      ...Array.from({ length: 7 * DAY_HOURS }, (_, index) => [1, hour - index - 1] as const),
    ]
    database.transaction(() => {
      for (const [index, [hours, at]] of spans.entries())
        for (const [place, model] of made.models.entries()) {
          const outcome = OUTCOMES[(index + place) % OUTCOMES.length]
          const calls = hours * (3 + ((index * 7 + place * 5) % 11))
          const provider = made.providerIds[place % made.providerIds.length]
          const caller = made.callerIds[place % made.callerIds.length]
          insert.run(hours, at, provider, made.apiKeyId, model, caller, outcome, calls, calls * 900, calls * 300, calls * 120, calls - 1, 1)
        }
      const use = database.prepare('INSERT OR REPLACE INTO last_uses (id, at) VALUES (?, ?)')
      for (const id of [made.apiKeyId, ...made.callerIds]) use.run(id, new Date(now - HOUR_MS).toISOString().replace('Z', '+00:00'))
    })()
  } finally {
    database.close()
  }
}
