import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { insertRows } from '../database/insert-row.ts'
import { type ConnectionTest, Prisma, type Provider } from '../generated/prisma-sqlite/client.ts'
import { type Outcome, worstOf } from '../upstream/test/outcome.ts'
import { holdProvider } from './lock-provider.ts'
import { addModelLists, dropOtherModelLists, type ListsBefore, listsBefore, listsOf, type ModelNames } from './model-lists.ts'

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
    const lists = listsOf(tested.id, rows)
    const held = await holdProvider<StoredBefore>(transaction, tested.id, storedBefore(lists))
    if (held === null) return
    await addModelLists(transaction, tested.id, lists, held)
    await insertTests(transaction, tested.id, rows, lists)
    if (Number(held.version) === tested.version) await pointToLatest(transaction, tested.id, rows)
    if (Number(held.tests) + rows.length > HISTORY_LENGTH) await trimHistory(transaction, tested.id)
    await dropOtherModelLists(transaction, tested.id, lists, held)
    const changes = { tests: rows.map(({ apiKeyId, status }) => ({ apiKeyId, status })) }
    await recordAudit(transaction, caller, { action: 'provider.tested', subjectType: 'provider', subjectId: tested.id, changes }, now)
  })
}

/** What is stored of a provider before the tests of a run are. */
interface StoredBefore extends ListsBefore {
  readonly tests: number | bigint
}

function storedBefore(lists: ReadonlyMap<string, ModelNames>): Prisma.Sql {
  return Prisma.sql`, (SELECT count(*) FROM connection_tests WHERE provider_id = providers.id) AS "tests" ${listsBefore(lists)}`
}

async function insertTests(
  transaction: TransactionClient,
  providerId: string,
  rows: readonly FreshTest[],
  lists: ReadonlyMap<string, ModelNames>,
): Promise<void> {
  const tests = rows.map(({ number: _, models: __, apiKeyId, ...row }) => ({
    ...row,
    modelListId: lists.get(row.id)?.id ?? null,
    apiKeyId: ifStored(providerId, apiKeyId),
  }))
  await insertRows(transaction, 'connectionTest', tests)
}

/** The id, unless the key was deleted while it was tested: its test stays, without it. */
function ifStored(providerId: string, id: string | null): Prisma.Sql | null {
  return id === null ? null : Prisma.sql`(SELECT id FROM api_keys WHERE id = ${id} AND provider_id = ${providerId})`
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
