import type { Database } from '../database/client.ts'
import { readModels } from './connection-test-store.ts'

/**
 * The models that a provider was last seen to offer: all that the keys of its latest good run could list. Tests from before
 * the endpoint changed do not count, since they tell of another place.
 */
export async function latestModels(
  { prisma }: Pick<Database, 'prisma'>,
  provider: { readonly id: string; readonly endpointChangedAt: Date | null },
): Promise<string[]> {
  const good = { providerId: provider.id, status: 'OK' } as const
  const latest = await prisma.connectionTest.findFirst({ where: good, orderBy: { number: 'desc' }, select: { testedAt: true } })
  if (latest === null || (provider.endpointChangedAt !== null && latest.testedAt < provider.endpointChangedAt)) return []
  const run = await prisma.connectionTest.findMany({
    where: { ...good, testedAt: latest.testedAt },
    select: { models: true },
    orderBy: { number: 'asc' },
  })
  return [...new Set(run.flatMap(({ models }) => readModels(models)))]
}
