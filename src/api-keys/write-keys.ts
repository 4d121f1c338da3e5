import type { TransactionClient } from '../database/client.ts'
import { isUniqueViolation } from '../database/failures.ts'
import { insertRows } from '../database/insert-row.ts'
import { Prisma } from '../generated/prisma-sqlite/client.ts'
import { type KeyPlan, keyIdTaken, type PlannedKey, type StoredKeys } from './plan-key-changes.ts'

const KEY_ID = { name: 'api_keys_id_key', columns: ['id'] }

/**
 * Writes the rows of keys as the plan has them, with one statement per kind of change.
 * @throws ValidationError when another key has the id of a new one. The transaction must then roll back.
 */
export async function writeKeys(
  transaction: TransactionClient,
  stored: StoredKeys,
  { rows, added, changed, summary }: KeyPlan,
): Promise<void> {
  const gone = stored.keys.filter((key) => !rows.some(({ id }) => id === key.id)).map(({ id }) => id)
  if (gone.length > 0) await transaction.apiKey.deleteMany({ where: { id: { in: gone } } })
  await insertRows(transaction, 'apiKey', changed, ['id'])
  const replaced = summary.replaced.map(({ id }) => id)
  // What calls have found out about another value, or with other settings, does not hold for this one: not even if its mask is the same.
  const renewed = new Set([...replaced, ...summary.changed.flatMap(({ id, settings }) => (settings === undefined ? [] : [id]))])
  if (renewed.size > 0) {
    const isReplaced = replaced.length === 0 ? Prisma.sql`1 = 0` : Prisma.sql`id IN (${Prisma.join(replaced)})`
    await transaction.$executeRaw`
      UPDATE api_keys SET availability_resets = availability_resets + 1,
        last_connection_test_id = CASE WHEN ${isReplaced} THEN NULL ELSE last_connection_test_id END
      WHERE id IN (${Prisma.join([...renewed])})`
  }
  await insertKeys(transaction, added)
}

/** @throws ValidationError when another key has the id of one. The transaction must then roll back. */
export async function insertKeys(transaction: TransactionClient, keys: readonly PlannedKey[]): Promise<void> {
  try {
    await insertRows(transaction, 'apiKey', keys)
  } catch (error) {
    // Of several the database does not say which.
    throw isUniqueViolation(error, KEY_ID) ? keyIdTaken(['apiKeys']) : error
  }
}
