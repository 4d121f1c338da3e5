import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { TransactionClient } from '../database/client.ts'

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

interface Found {
  /** Of the test. */
  readonly id: string
  readonly models: readonly string[]
}

/**
 * Keeps what the tests of a run found. Returns the id of the list of each test that found models; tests that found the
 * same ones, now or before, share one.
 */
export async function keepModelLists(
  transaction: TransactionClient,
  providerId: string,
  found: readonly Found[],
): Promise<ReadonlyMap<string, string>> {
  const kept = found.map(({ id, models }) => ({ id, names: models.filter((name) => name.length <= MOST_NAME).slice(0, MOST_MODELS) }))
  const withNames = kept.filter(({ names }) => names.length > 0)
  if (withNames.length === 0) return new Map()
  const stored = await transaction.modelList.findMany({ where: { providerId }, select: { id: true, names: true } })
  const known = new Map(stored.map(({ id, names }) => [JSON.stringify(names), id]))
  const lists = new Map<string, string>()
  for (const { id: testId, names } of withNames) {
    const text = JSON.stringify(names)
    const id = known.get(text) ?? randomUUID()
    if (!known.has(text)) await transaction.modelList.create({ data: { id, providerId, names }, select: { id: true } })
    known.set(text, id)
    lists.set(testId, id)
  }
  return lists
}

/** Drops the lists that neither the latest good run nor the latest test of a key has found, and the oldest of too many. */
export async function dropModelLists(transaction: TransactionClient, providerId: string): Promise<void> {
  const good = { providerId, status: 'OK' } as const
  const latest = await transaction.connectionTest.findFirst({ where: good, orderBy: { testedAt: 'desc' }, select: { testedAt: true } })
  const ofLatestRun = latest === null ? [] : [{ ...good, testedAt: latest.testedAt }]
  const shown = [{ latestOfProvider: { isNot: null } }, { latestOfApiKey: { isNot: null } }, ...ofLatestRun]
  await transaction.modelList.deleteMany({ where: { providerId, tests: { none: { OR: shown } } } })
  const page = { orderBy: { number: 'desc' }, skip: MOST_LISTS, take: 1, select: { number: true } } as const
  const [newestToDrop] = await transaction.modelList.findMany({ where: { providerId }, ...page })
  if (newestToDrop) await transaction.modelList.deleteMany({ where: { providerId, number: { lte: newestToDrop.number } } })
}
