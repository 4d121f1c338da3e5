import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { TransactionClient } from '../database/client.ts'
import { insertRows } from '../database/insert-row.ts'
import { Prisma } from '../generated/prisma-sqlite/client.ts'

/** Of a longer list the first ones are kept. */
export const MOST_MODELS = 1_000
/** In characters; longer names are left out. */
const MOST_NAME = 200
/** Different lists of one provider: its keys may see different models. */
const MOST_LISTS = 8

const storedNames = z.array(z.string())

/** Reads the column `names`. */
export function readModelNames(column: unknown): string[] {
  return storedNames.parse(column)
}

/** A list of models as it is stored. */
export interface ModelNames {
  /** Of the list: made from what is in it, so that tests that found the same models, now or before, share one. */
  readonly id: string
  readonly names: readonly string[]
}

/** The lists that the tests of a run found, by the id of the test; those that found no models have none. */
export function listsOf(
  providerId: string,
  tests: readonly { readonly id: string; readonly models: readonly string[] }[],
): ReadonlyMap<string, ModelNames> {
  return new Map(
    tests.flatMap(({ id: test, models }) => {
      const names = models.filter((name) => name.length <= MOST_NAME).slice(0, MOST_MODELS)
      const id = createHash('sha256')
        .update(JSON.stringify([providerId, names]))
        .digest('base64url')
      return names.length === 0 ? [] : [[test, { id, names }] as const]
    }),
  )
}

/** A test that was stored: with its list, if that was there, and the number of lists that the provider had. */
export interface StoredTest {
  readonly id: string
  readonly list: string | null
  readonly lists: number | bigint
}

/** Stores the lists of a run that were not there when its tests were stored, and links these to them. */
export async function addModelLists(
  transaction: TransactionClient,
  providerId: string,
  found: ReadonlyMap<string, ModelNames>,
  stored: readonly StoredTest[],
): Promise<void> {
  const unlinked = stored.flatMap(({ id: test, list }) => {
    const own = list === null ? found.get(test) : undefined
    return own === undefined ? [] : [{ test, ...own }]
  })
  if (unlinked.length === 0) return
  const fresh = new Map(unlinked.map(({ id, names }) => [id, { id, providerId, names: [...names] }]))
  await insertRows(transaction, 'modelList', [...fresh.values()])
  await transaction.$executeRaw`
    WITH link (test, list) AS (VALUES ${Prisma.join(unlinked.map(({ test, id }) => Prisma.sql`(${test}, ${id})`))})
    UPDATE connection_tests SET model_list_id = link.list FROM link WHERE id = link.test`
}

/** Drops what no longer counts of the lists that a run did not find. When it found all that there were, there is nothing to do. */
export async function dropOtherModelLists(
  transaction: TransactionClient,
  providerId: string,
  found: ReadonlyMap<string, ModelNames>,
  stored: readonly StoredTest[],
): Promise<void> {
  const lists = new Set([...found.values()].map(({ id }) => id))
  const known = new Set(stored.flatMap(({ list }) => list ?? []))
  const isAsBefore = known.size === lists.size && stored.every((test) => Number(test.lists) === lists.size)
  if (lists.size > 0 && !isAsBefore) await dropModelLists(transaction, providerId)
}

/** Drops the lists that neither the latest good run nor the latest test of a key has found, and the oldest of too many. */
async function dropModelLists(transaction: TransactionClient, providerId: string): Promise<void> {
  await transaction.$executeRaw`
    DELETE FROM model_lists WHERE provider_id = ${providerId} AND NOT EXISTS (
      SELECT 1 FROM connection_tests t WHERE t.model_list_id = model_lists.id AND (
        EXISTS (SELECT 1 FROM providers p WHERE p.last_connection_test_id = t.id)
        OR EXISTS (SELECT 1 FROM api_keys k WHERE k.last_connection_test_id = t.id)
        OR t.status = 'OK' AND t.tested_at = (
          SELECT max(good.tested_at) FROM connection_tests good WHERE good.provider_id = ${providerId} AND good.status = 'OK')))`
  await transaction.$executeRaw`
    DELETE FROM model_lists WHERE provider_id = ${providerId} AND number <= (
      SELECT number FROM model_lists WHERE provider_id = ${providerId} ORDER BY number DESC LIMIT 1 OFFSET ${MOST_LISTS})`
}
