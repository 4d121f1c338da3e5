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

/** The hour and the day that a call of an hour counts to. */
export function spansOf({ at, providerId }: Sum): Pick<SumKey, 'hours' | 'at' | 'providerId'>[] {
  return SPANS.map((hours) => ({ hours, at: spanOf(at, hours), providerId }))
}

/** Sums up calls by hour, under the model that they name. */
export function sumCalls(rows: readonly ModelCall[]): Sum[] {
  const sums = new Map<string, Sum>()
  for (const row of rows) {
    const { callerId, outcome } = row
    const [at, providerId, apiKeyId, model] = [hourOf(row.startedAt), row.providerId ?? '', row.apiKeyId ?? '', row.model ?? '']
    // No part holds the separator.
    const text = `${at}\u0000${providerId}\u0000${apiKeyId}\u0000${model}\u0000${callerId}\u0000${outcome}`
    let sum = sums.get(text)
    if (sum === undefined) {
      sum = emptySum({ hours: 1, at, providerId, apiKeyId, model, callerId, outcome })
      sums.set(text, sum)
    }
    addCall(sum, row)
  }
  return [...sums.values()]
}

/**
 * Sums of hours and of days.
 * @param modelIn names the model in a span, which may have had too many.
 */
export function sumSpans(
  hourSums: readonly Sum[],
  modelIn: (span: Pick<SumKey, 'hours' | 'at' | 'providerId'>, model: string) => string,
): Sum[] {
  const sums = new Map<string, Sum>()
  for (const hourSum of hourSums) {
    for (const { hours, at, providerId } of spansOf(hourSum)) {
      const { apiKeyId, callerId, outcome } = hourSum
      const key = { hours, at, providerId, apiKeyId, model: modelIn({ hours, at, providerId }, hourSum.model), callerId, outcome }
      const text = JSON.stringify(Object.values(key))
      const sum = sums.get(text) ?? emptySum(key)
      sums.set(text, sum)
      addSum(sum, hourSum)
    }
  }
  // In one order: replicas that lock the same rows in two orders stop each other.
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum)
}

function emptySum(key: SumKey): Sum {
  const tokens = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 }
  return { ...key, calls: 0, missingUsage: 0, ...tokens, firstByte: FIRST_BYTE_COLUMNS.map(() => 0) }
}

function addCall(sum: Sum, row: ModelCall): void {
  sum.calls += 1
  if (lacksUsage(row)) sum.missingUsage += 1
  addTokens(sum, row)
  if (row.firstByteMs === null) return
  const index = firstByteClass(row.firstByteMs)
  sum.firstByte[index] = (sum.firstByte[index] ?? 0) + 1
}

function addSum(sum: Sum, part: Sum): void {
  sum.calls += part.calls
  sum.missingUsage += part.missingUsage
  addTokens(sum, part)
  for (const [index, calls] of part.firstByte.entries()) sum.firstByte[index] = (sum.firstByte[index] ?? 0) + calls
}

function addTokens(sum: Sum, counted: Pick<ModelCall, TokenField>): void {
  sum.inputTokens += counted.inputTokens ?? 0
  sum.cachedInputTokens += counted.cachedInputTokens ?? 0
  sum.cacheWriteTokens += counted.cacheWriteTokens ?? 0
  sum.outputTokens += counted.outputTokens ?? 0
  sum.reasoningTokens += counted.reasoningTokens ?? 0
}

type TokenField = 'inputTokens' | 'cachedInputTokens' | 'cacheWriteTokens' | 'outputTokens' | 'reasoningTokens'

/** Outcomes after which a vendor may have answered, and so counted tokens. */
const MAYBE_ANSWERED: ReadonlySet<string> = new Set(['OK', 'CALLER_LEFT', 'STREAM_BROKEN'])
/** What vendors answer without counting tokens. */
const FREE: ReadonlySet<string> = new Set(['MODELS', 'COUNT_TOKENS'])

function lacksUsage({ usageSource, attempts, outcome, kind }: ModelCall): boolean {
  return usageSource === 'MISSING' && attempts > 0 && MAYBE_ANSWERED.has(outcome) && !FREE.has(kind)
}
