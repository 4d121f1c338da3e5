import type { Activity } from '../activity/activity.ts'
import { Prisma } from '../generated/prisma-sqlite/client.ts'
import { allOf, type CallFilter, commonConditions, isOneOf } from './call-filter.ts'
import { FIRST_BYTE_COLUMNS } from './first-byte.ts'
import { HOURS_KEPT_DAYS } from './retention.ts'
import { hourOf } from './sum-calls.ts'
import type { TokenUsage } from './token-usage.ts'

/** What calls are grouped by. */
export type UsageGroup = 'PROVIDER' | 'API_KEY' | 'CALLER' | 'MODEL' | 'OUTCOME' | 'HOUR' | 'DAY'

/** What the calls of a group have used together. */
export interface GroupSum {
  /** Whose group it is where the question is asked of each provider, else null. */
  readonly providerId: string | null
  /** An id of a row, a model or an outcome; empty for calls that have none, and for groups of time. */
  readonly key: string
  /** When the hour or day begins; null for other groups. */
  readonly at: Date | null
  readonly calls: number
  readonly failed: number
  readonly missingUsage: number
  readonly usage: TokenUsage
  /** How many calls had their first byte in each class of times. */
  readonly firstByte: readonly number[]
}

export interface UsageQuestion {
  readonly from: Date
  readonly until: Date
  readonly by: UsageGroup
  readonly filter: CallFilter
  readonly now: Date
  /** Whether each provider has groups of its own. */
  readonly ofEachProvider?: boolean
  /** Groups to read at most, of all providers together. */
  readonly limit: number
  /** Which sums are read, all when omitted; the others are 0. Those of first bytes alone take longer than all else. */
  readonly sums?: ReadonlySet<AskedSum>
}

/** Sums that are left out for those who do not ask for them. */
export type AskedSum = keyof TokenUsage | 'firstByte'

const HOUR_MS = 3_600_000
const GROUPS: Readonly<Record<UsageGroup, string>> = {
  PROVIDER: 'provider_id',
  API_KEY: 'api_key_id',
  CALLER: 'caller_id',
  MODEL: 'model',
  OUTCOME: 'outcome',
  HOUR: 'at',
  // Whole numbers are divided to whole numbers in both databases.
  DAY: '(at / 24) * 24',
}

const TOKENS = {
  inputTokens: 'input_tokens',
  cachedInputTokens: 'cached_input_tokens',
  cacheWriteTokens: 'cache_write_tokens',
  outputTokens: 'output_tokens',
  reasoningTokens: 'reasoning_tokens',
} as const satisfies Record<keyof TokenUsage, string>
/** The parts of `TokenUsage`. */
export const TOKEN_NAMES = ['inputTokens', 'cachedInputTokens', 'cacheWriteTokens', 'outputTokens', 'reasoningTokens'] as const
const ALL_SUMS: ReadonlySet<AskedSum> = new Set([...TOKEN_NAMES, 'firstByte'])

/** The sums of a span, and of all spans. */
function totalsOf(sums: ReadonlySet<AskedSum> = ALL_SUMS): { readonly parts: Prisma.Sql; readonly whole: Prisma.Sql } {
  const asked = [
    ...['calls', 'failed', 'missing_usage', ...TOKEN_NAMES.filter((name) => sums.has(name)).map((name) => TOKENS[name])],
    ...(sums.has('firstByte') ? FIRST_BYTE_COLUMNS : []),
  ]
  const parts = asked.map((column) => `SUM(${column === 'failed' ? FAILED : column}) AS ${column}`)
  const whole = asked.map((column) => `CAST(SUM(${column}) AS DOUBLE PRECISION) AS ${column}`)
  return { parts: Prisma.raw(parts.join(', ')), whole: Prisma.raw(whole.join(', ')) }
}

/** Who left did not fail. */
const FAILED = `CASE WHEN outcome IN ('OK', 'CALLER_LEFT') THEN 0 ELSE calls END`

/** Sums of calls in groups: those of time in their order, others by their calls. */
export async function readUsage({ prisma }: Pick<Activity, 'prisma'>, question: UsageQuestion): Promise<GroupSum[]> {
  const { by, filter, limit, ofEachProvider = false } = question
  const isTime = by === 'HOUR' || by === 'DAY'
  const conditions = [...commonConditions(filter), ...isOneOf('outcome', filter.outcomes)]
  const each = ofEachProvider ? Prisma.raw('provider_id, ') : Prisma.empty
  const { parts, whole } = totalsOf(question.sums)
  // Each span by itself: a database follows its index through one, and sorts all of them together.
  const spans = spansWithin(question).map((span) => {
    const { hours, from, until } = span
    const key = Prisma.raw(by === 'DAY' && hours === 24 ? 'at' : GROUPS[by])
    const within = Prisma.sql`hours = ${hours} AND at >= ${from} AND at < ${until}`
    return Prisma.sql`SELECT ${each}${key} AS key, ${parts} FROM usage_sums WHERE ${allOf([within, ...conditions])} GROUP BY ${each}${key}`
  })
  const rows = await prisma.$queryRaw<Record<string, string | number>[]>(Prisma.sql`
    SELECT ${each}CAST(key AS TEXT) AS key, ${whole} FROM (${Prisma.join(spans, ' UNION ALL ')}) AS spans
    GROUP BY ${each}spans.key ORDER BY ${each}${Prisma.raw(isTime ? 'spans.key' : 'calls DESC, key')} LIMIT ${limit}`)
  return rows.map((row) => toGroupSum(row, isTime))
}

function toGroupSum(row: Readonly<Record<string, string | number>>, isTime: boolean): GroupSum {
  const number = (name: string) => Number(row[name] ?? 0)
  const key = String(row.key)
  const providerId = row.provider_id === undefined ? null : String(row.provider_id)
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = TOKENS
  return {
    providerId,
    key: isTime ? '' : key,
    at: isTime ? new Date(Number(key) * HOUR_MS) : null,
    calls: number('calls'),
    failed: number('failed'),
    missingUsage: number('missing_usage'),
    usage: {
      inputTokens: number(inputTokens),
      cachedInputTokens: number(cachedInputTokens),
      cacheWriteTokens: number(cacheWriteTokens),
      outputTokens: number(outputTokens),
      reasoningTokens: number(reasoningTokens),
    },
    firstByte: FIRST_BYTE_COLUMNS.map(number),
  }
}

/** Sums of this many hours each, from one hour since 1970 to before another. */
interface Span {
  readonly hours: 1 | 24
  readonly from: number
  readonly until: number
}

/** The sums of whole days within the time, and of the hours at both ends. What has no sums of hours any more counts by days. */
function spansWithin({ from, until, by, filter, now }: UsageQuestion): readonly Span[] {
  let start = hourOf(later(from, filter.from))
  let end = Math.ceil(earlier(until, filter.until).getTime() / HOUR_MS)
  if (by === 'HOUR') return [{ hours: 1, from: start, until: end }]
  const oldestHour = hourOf(now) - HOURS_KEPT_DAYS * 24
  if (start < oldestHour) start = Math.floor(start / 24) * 24
  // Unless the hours of its last day that are asked for are all there.
  if (Math.max(start, Math.floor(end / 24) * 24) < oldestHour) end = Math.ceil(end / 24) * 24
  const firstDay = Math.ceil(start / 24) * 24
  const dayAfter = Math.floor(end / 24) * 24
  if (firstDay >= dayAfter) return [{ hours: 1, from: start, until: end }]
  const spans: readonly Span[] = [
    { hours: 24, from: firstDay, until: dayAfter },
    { hours: 1, from: start, until: firstDay },
    { hours: 1, from: dayAfter, until: end },
  ]
  return spans.filter((span) => span.from < span.until)
}

function later(one: Date, other: Date | undefined): Date {
  return other !== undefined && other > one ? other : one
}

function earlier(one: Date, other: Date | undefined): Date {
  return other !== undefined && other < one ? other : one
}

/** What ids were last called, also those of rows that are gone. */
export async function readNames({ prisma }: Pick<Activity, 'prisma'>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await prisma.usageName.findMany({ where: { id: { in: [...ids] } } })
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** The ids that were last called by this name. */
export async function findNamed({ prisma }: Pick<Activity, 'prisma'>, name: string): Promise<string[]> {
  const rows = await prisma.usageName.findMany({ where: { name }, select: { id: true }, take: 100 })
  return rows.map(({ id }) => id)
}

/** Input and output tokens of a caller on one day of UTC. @param day hours since 1970. */
export async function readTokensOfDay({ prisma }: Pick<Activity, 'prisma'>, callerId: string, day: number): Promise<number> {
  const { _sum } = await prisma.usageSum.aggregate({
    where: { callerId, hours: 24, at: day },
    _sum: { inputTokens: true, outputTokens: true },
  })
  return (_sum.inputTokens ?? 0) + (_sum.outputTokens ?? 0)
}
