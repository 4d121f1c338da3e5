import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { insertStatement } from '../database/insert-row.ts'
import { type ConnectionTest, Prisma, type Provider } from '../generated/prisma-sqlite/client.ts'
import { type Outcome, worstOf } from '../upstream/test/outcome.ts'
import { holdProvider } from './lock-provider.ts'
import { addModelLists, dropOtherModelLists, listsOf, type ModelNames, type StoredTest } from './model-lists.ts'

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
    const lists = listsOf(tested.id, rows)
    const stored = await insertTests(transaction, tested.id, rows, lists)
    await addModelLists(transaction, tested.id, lists, stored)
    if (current.version === tested.version) await pointToLatest(transaction, tested.id, rows)
    await trimHistory(transaction, tested.id)
    await dropOtherModelLists(transaction, tested.id, lists, stored)
    const changes = { tests: rows.map(({ apiKeyId, status }) => ({ apiKeyId, status })) }
    await recordAudit(transaction, caller, { action: 'provider.tested', subjectType: 'provider', subjectId: tested.id, changes }, now)
  })
}

/** A key may have been deleted while it was tested; its test stays, without it. */
async function insertTests(
  transaction: TransactionClient,
  providerId: string,
  rows: readonly FreshTest[],
  lists: ReadonlyMap<string, ModelNames>,
): Promise<StoredTest[]> {
  const tests = rows.map(({ number: _, models: __, apiKeyId, ...row }) => ({
    ...row,
    modelListId: ifStored('model_lists', providerId, lists.get(row.id)?.id ?? null),
    apiKeyId: ifStored('api_keys', providerId, apiKeyId),
  }))
  return transaction.$queryRaw<StoredTest[]>`
    ${insertStatement('connectionTest', tests)}
    RETURNING id, model_list_id AS "list", (SELECT count(*) FROM model_lists WHERE provider_id = ${providerId}) AS "lists"`
}

/** The id, where the provider has a row with it now; else null. */
function ifStored(table: 'api_keys' | 'model_lists', providerId: string, id: string | null): Prisma.Sql | null {
  return id === null ? null : Prisma.sql`(SELECT id FROM ${Prisma.raw(table)} WHERE id = ${id} AND provider_id = ${providerId})`
}

async function pointToLatest(transaction: TransactionClient, providerId: string, rows: readonly ConnectionTest[]): Promise<void> {
  const ofKeys = rows.flatMap(({ id, apiKeyId }) => (apiKeyId === null ? [] : [Prisma.sql`(${id}, ${apiKeyId})`]))
  if (ofKeys.length > 0)
    await transaction.$executeRaw`
      WITH latest (test, api_key) AS (VALUES ${Prisma.join(ofKeys)})
      UPDATE api_keys SET last_connection_test_id = latest.test FROM latest WHERE id = latest.api_key AND provider_id = ${providerId}`
  const worst = worstOf(rows)
  if (worst !== null) await transaction.provider.updateMany({ where: { id: providerId }, data: { lastConnectionTestId: worst.id } })
}

async function trimHistory(transaction: TransactionClient, providerId: string): Promise<void> {
  await transaction.$executeRaw`
    DELETE FROM connection_tests WHERE provider_id = ${providerId} AND number <= (
      SELECT number FROM connection_tests WHERE provider_id = ${providerId} ORDER BY number DESC LIMIT 1 OFFSET ${HISTORY_LENGTH})`
}
