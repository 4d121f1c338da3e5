import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import type { ConnectionTest, Provider } from '../generated/prisma-sqlite/client.ts'
import { type Outcome, worstOf } from '../upstream/test/outcome.ts'
import { holdProvider } from './lock-provider.ts'
import { dropModelLists, keepModelLists } from './model-lists.ts'

/** Tests kept per provider; older ones make room. */
const HISTORY_LENGTH = 100

/** A test that was made just now, or that of a draft: with all that it found. */
export interface FreshTest extends ConnectionTest {
  readonly models: readonly string[]
}

/** An outcome as a row; `number` is 0 until the database gives one. */
export function toRow(outcome: Outcome, providerId: string, apiKeyId: string | null, testedAt: Date): FreshTest {
  const { status, message, httpStatus, keyVerified, models } = outcome
  return {
    number: 0,
    id: randomUUID(),
    providerId,
    apiKeyId,
    status,
    message,
    httpStatus,
    keyVerified,
    durationMs: Math.round(outcome.durationMs),
    modelCount: models.length,
    modelListId: null,
    models,
    testedAt,
  }
}

/**
 * Stores the tests of one run, makes them the latest ones of the provider and its keys, and trims the history. When the
 * provider changed while the upstream answered, they go into the history only: they tell of what is no longer configured.
 */
export async function storeTests(
  database: Database,
  caller: Caller,
  tested: Provider,
  rows: readonly FreshTest[],
  now: Date,
): Promise<void> {
  await database.write(async (transaction) => {
    const current = await holdProvider(transaction, tested.id)
    if (current === null) return
    await insertTests(transaction, tested.id, rows)
    if (current.version === tested.version) await pointToLatest(transaction, tested.id, rows)
    await trimHistory(transaction, tested.id)
    await dropModelLists(transaction, tested.id)
    const changes = { tests: rows.map(({ apiKeyId, status }) => ({ apiKeyId, status })) }
    await recordAudit(transaction, caller, { action: 'provider.tested', subjectType: 'provider', subjectId: tested.id, changes }, now)
  })
}

/** A key may have been deleted while it was tested; its test stays, without it. */
async function insertTests(transaction: TransactionClient, providerId: string, rows: readonly FreshTest[]): Promise<void> {
  const keys = await transaction.apiKey.findMany({ where: { providerId }, select: { id: true } })
  const isStored = (id: string | null) => keys.some((key) => key.id === id)
  const lists = await keepModelLists(transaction, providerId, rows)
  for (const { number: _, models: __, apiKeyId, ...row } of rows)
    await transaction.connectionTest.create({
      data: { ...row, modelListId: lists.get(row.id) ?? null, apiKeyId: isStored(apiKeyId) ? apiKeyId : null },
    })
}

async function pointToLatest(transaction: TransactionClient, providerId: string, rows: readonly ConnectionTest[]): Promise<void> {
  for (const { id, apiKeyId } of rows)
    if (apiKeyId !== null) await transaction.apiKey.updateMany({ where: { id: apiKeyId, providerId }, data: { lastConnectionTestId: id } })
  const worst = worstOf(rows)
  if (worst !== null) await transaction.provider.update({ where: { id: providerId }, data: { lastConnectionTestId: worst.id } })
}

async function trimHistory(transaction: TransactionClient, providerId: string): Promise<void> {
  const [newestToDrop] = await transaction.connectionTest.findMany({
    where: { providerId },
    orderBy: { number: 'desc' },
    skip: HISTORY_LENGTH,
    take: 1,
  })
  if (newestToDrop) await transaction.connectionTest.deleteMany({ where: { providerId, number: { lte: newestToDrop.number } } })
}
