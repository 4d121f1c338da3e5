import type { ModelCall } from '../generated/prisma-sqlite/client.ts'
import { FIRST_BYTE_COLUMNS, firstByteClass } from './first-byte.ts'

const HOUR_MS = 3_600_000

/** How long the spans of time are that sums are kept of, in hours. */
const SPANS = [1, 24] as const

/** What calls of one span have in common that are counted together. */
export interface SumKey {
  readonly hours: number
  /** Hours since 1970. */
  readonly at: number
  readonly providerId: string
  readonly apiKeyId: string
  readonly model: string
  readonly callerId: string
  readonly outcome: string
}

/** What a batch of calls adds to a sum. */
export interface Sum extends SumKey {
  calls: number
  missingUsage: number
  inputTokens: number
  cachedInputTokens: number
  cacheWriteTokens: number
  outputTokens: number
  reasoningTokens: number
  readonly firstByte: number[]
}

/** The beginning of the hour that a time is in, in hours since 1970. */
export function hourOf(time: Date): number {
  return Math.floor(time.getTime() / HOUR_MS)
}

/** The beginning of its day of UTC, likewise. */
export function dayOf(time: Date): number {
  return spanOf(hourOf(time), 24)
}

function spanOf(hour: number, hours: number): number {
  return Math.floor(hour / hours) * hours
}

/** The hour and the day that a call counts to. */
export function spansOf({ startedAt, providerId }: ModelCall): Pick<SumKey, 'hours' | 'at' | 'providerId'>[] {
  return SPANS.map((hours) => ({ hours, at: spanOf(hourOf(startedAt), hours), providerId: providerId ?? '' }))
}

/**
 * Sums up calls, by hour and by day.
 * @param modelIn names the model in a span, which may have had too many.
 */
export function sumCalls(
  rows: readonly ModelCall[],
  modelIn: (span: Pick<SumKey, 'hours' | 'at' | 'providerId'>, model: string) => string,
): Sum[] {
  const sums = new Map<string, Sum>()
  for (const row of rows) {
    for (const { hours, at, providerId } of spansOf(row)) {
      const model = modelIn({ hours, at, providerId }, row.model ?? '')
      const key = { hours, at, providerId, apiKeyId: row.apiKeyId ?? '', model, callerId: row.callerId, outcome: row.outcome }
      const text = JSON.stringify(Object.values(key))
      const sum = sums.get(text) ?? emptySum(key)
      sums.set(text, sum)
      add(sum, row)
    }
  }
  // In one order: replicas that lock the same rows in two orders stop each other.
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum)
}

function emptySum(key: SumKey): Sum {
  const tokens = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 }
  return { ...key, calls: 0, missingUsage: 0, ...tokens, firstByte: FIRST_BYTE_COLUMNS.map(() => 0) }
}

function add(sum: Sum, row: ModelCall): void {
  sum.calls += 1
  if (lacksUsage(row)) sum.missingUsage += 1
  sum.inputTokens += row.inputTokens ?? 0
  sum.cachedInputTokens += row.cachedInputTokens ?? 0
  sum.cacheWriteTokens += row.cacheWriteTokens ?? 0
  sum.outputTokens += row.outputTokens ?? 0
  sum.reasoningTokens += row.reasoningTokens ?? 0
  if (row.firstByteMs === null) return
  const index = firstByteClass(row.firstByteMs)
  sum.firstByte[index] = (sum.firstByte[index] ?? 0) + 1
}

/** Outcomes after which a vendor may have answered, and so counted tokens. */
const MAYBE_ANSWERED: ReadonlySet<string> = new Set(['OK', 'CALLER_LEFT', 'STREAM_BROKEN'])
/** What vendors answer without counting tokens. */
const FREE: ReadonlySet<string> = new Set(['MODELS', 'COUNT_TOKENS'])

function lacksUsage({ usageSource, attempts, outcome, kind }: ModelCall): boolean {
  return usageSource === 'MISSING' && attempts > 0 && MAYBE_ANSWERED.has(outcome) && !FREE.has(kind)
}
