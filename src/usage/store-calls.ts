import { insertCalls } from '../activity/insert-calls.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { insertStatement } from '../database/insert-row.ts'
import { type ModelCall, Prisma } from '../generated/prisma-sqlite/client.ts'
import { FIRST_BYTE_COLUMNS } from './first-byte.ts'
import type { KnownModels } from './known-models.ts'
import { dayOf, type Sum, sumCalls, sumSpans } from './sum-calls.ts'

const SUM_KEY = 'hours, at, provider_id, api_key_id, model, caller_id, outcome'
const ADDED = [
  ...['calls', 'missing_usage', 'input_tokens', 'cached_input_tokens', 'cache_write_tokens', 'output_tokens', 'reasoning_tokens'],
  ...FIRST_BYTE_COLUMNS,
]
const ADD = ADDED.map((column) => `${column} = usage_sums.${column} + excluded.${column}`).join(', ')

/**
 * Stores calls, and adds them to the sums, all in the transaction.
 * @param single those that are stored each by itself; the others are in the sums alone.
 */
export async function storeCalls(
  engine: Pick<Database['engine'], 'insertMany'>,
  transaction: TransactionClient,
  rows: readonly ModelCall[],
  { models, single }: { readonly models: KnownModels; readonly single: readonly ModelCall[] },
): Promise<void> {
  const hourSums = sumCalls(rows)
  await models.prepare(transaction, hourSums)
  if (single.length > 0) await insertCalls(engine, transaction, single)
  await addToSums(transaction, sumSpans(hourSums, models.nameIn))
  await keepNames(transaction, rows)
}

/** Rows of one statement: with their columns few enough values for either database. */
const MOST_ROWS = 500

async function addToSums(transaction: TransactionClient, sums: readonly Sum[]): Promise<void> {
  for (let from = 0; from < sums.length; from += MOST_ROWS) {
    const rows = sums.slice(from, from + MOST_ROWS).map(sumValues)
    await transaction.$executeRaw`
      INSERT INTO usage_sums (${Prisma.raw(`${SUM_KEY}, ${ADDED.join(', ')}`)}) VALUES ${Prisma.join(rows)}
      ON CONFLICT (${Prisma.raw(SUM_KEY)}) DO UPDATE SET ${Prisma.raw(ADD)}`
  }
}

/** The numbers stand in the statement itself: they are ours, and as values they would be thousands. */
function sumValues(sum: Sum): Prisma.Sql {
  const { hours, at, providerId, apiKeyId, model, callerId, outcome } = sum
  const { calls, missingUsage, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, firstByte } = sum
  const tokens = [inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens]
  const numbers = [calls, missingUsage, ...tokens, ...firstByte].map(Number).join(', ')
  return Prisma.sql`(${Prisma.raw(`${hours}, ${at}`)}, ${providerId}, ${apiKeyId}, ${model}, ${callerId}, ${outcome}, ${Prisma.raw(numbers)})`
}

/** What the ids in sums are called now, and that they are used. */
async function keepNames(transaction: TransactionClient, rows: readonly ModelCall[]): Promise<void> {
  const names = new Map<string, { id: string; name: string; seenOn: number }>()
  for (const row of rows) {
    const seenOn = dayOf(row.startedAt) / 24
    for (const [id, name] of [
      [row.providerId, row.providerName],
      [row.apiKeyId, row.apiKeyMasked],
      [row.callerId, row.callerName],
    ])
      if (id != null && name != null) names.set(id, { id, name, seenOn })
  }
  if (names.size === 0) return
  const sorted = [...names.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
  // An earlier call that ends later does not bring an old name back, and what stays the same is not written.
  await transaction.$executeRaw`
    ${insertStatement('usageName', sorted)} ON CONFLICT (id) DO UPDATE SET name = excluded.name, seen_on = excluded.seen_on
    WHERE usage_names.seen_on < excluded.seen_on OR (usage_names.seen_on = excluded.seen_on AND usage_names.name <> excluded.name)`
}
