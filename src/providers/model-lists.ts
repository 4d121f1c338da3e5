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

/** How many lists a provider had before a run, and how many of them the run has found again. */
export interface ListsBefore {
  readonly lists: number | bigint
  readonly found: number | bigint
}

/** Reads them of the provider that a statement is about. */
export function listsBefore(found: ReadonlyMap<string, ModelNames>): Prisma.Sql {
  const lists = Prisma.sql`FROM model_lists WHERE provider_id = providers.id`
  const ids = idsOf(found)
  const known = ids.length === 0 ? Prisma.sql`0` : Prisma.sql`(SELECT count(*) ${lists} AND id IN (${Prisma.join(ids)}))`
  return Prisma.sql`, (SELECT count(*) ${lists}) AS "lists", ${known} AS "found"`
}

/** Stores the lists of a run, unless all of them are there. */
export async function addModelLists(
  transaction: TransactionClient,
  providerId: string,
  found: ReadonlyMap<string, ModelNames>,
  before: ListsBefore,
): Promise<void> {
  if (Number(before.found) === idsOf(found).length) return
  const rows = new Map([...found.values()].map(({ id, names }) => [id, { id, providerId, names: [...names] }]))
  await insertRows(transaction, 'modelList', [...rows.values()], ['id'])
}

/** Drops what no longer counts of the lists that a run did not find. When it found all that there were, there is nothing to do. */
export async function dropOtherModelLists(
  transaction: TransactionClient,
  providerId: string,
  found: ReadonlyMap<string, ModelNames>,
  before: ListsBefore,
): Promise<void> {
  const count = idsOf(found).length
  const hasOthers = Number(before.lists) > Number(before.found)
  if (count > MOST_LISTS || (count > 0 && hasOthers)) await dropModelLists(transaction, providerId)
}

function idsOf(found: ReadonlyMap<string, ModelNames>): string[] {
  return [...new Set([...found.values()].map(({ id }) => id))]
}

/** Drops all lists but the newest of those that the latest good run or the latest test of a key has found. */
async function dropModelLists(transaction: TransactionClient, providerId: string): Promise<void> {
  await transaction.$executeRaw`
    DELETE FROM model_lists WHERE provider_id = ${providerId} AND id NOT IN (
      SELECT l.id FROM model_lists l WHERE l.provider_id = ${providerId} AND EXISTS (
        SELECT 1 FROM connection_tests t WHERE t.model_list_id = l.id AND (
          EXISTS (SELECT 1 FROM providers p WHERE p.last_connection_test_id = t.id)
          OR EXISTS (SELECT 1 FROM api_keys k WHERE k.last_connection_test_id = t.id)
          OR t.status = 'OK' AND t.tested_at = (
            SELECT max(good.tested_at) FROM connection_tests good WHERE good.provider_id = ${providerId} AND good.status = 'OK')))
      ORDER BY l.number DESC LIMIT ${MOST_LISTS})`
}
