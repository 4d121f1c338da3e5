import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { Database } from '../database/client.ts'
import { readModelNames } from './model-lists.ts'

/** What is needed of a provider to know which models it offers. */
export interface ModelsOwner {
  readonly id: string
  readonly endpointChangedAt: Date | null
}

/**
 * The models that a provider was last seen to offer: all that the keys of its latest good run could list. Tests from before
 * the endpoint changed do not count, since they tell of another destination.
 */
export type LatestModels = (provider: ModelsOwner) => Promise<readonly string[]>

/** Answers all who ask in one turn of the event loop, as the providers of a page do, with two statements. */
export function createLatestModels({ prisma }: Pick<Database, 'prisma'>): LatestModels {
  let asked: ModelsOwner[] = []
  let answers: ReturnType<typeof readLatestModels> | null = null
  return async (provider) => {
    asked.push(provider)
    answers ??= endOfTurn().then(() => {
      const providers = asked
      asked = []
      answers = null
      return readLatestModels(prisma, providers)
    })
    return (await answers).get(provider.id) ?? []
  }
}

async function readLatestModels(prisma: Database['prisma'], providers: readonly ModelsOwner[]): Promise<ReadonlyMap<string, string[]>> {
  const good = { providerId: { in: providers.map(({ id }) => id) }, status: 'OK' } as const
  const runs = await prisma.connectionTest.groupBy({ by: ['providerId'], where: good, _max: { testedAt: true } })
  const changedAt = new Map(providers.map(({ id, endpointChangedAt }) => [id, endpointChangedAt]))
  const latest = new Map<string, Date>()
  for (const { providerId, _max } of runs)
    if (_max.testedAt !== null && _max.testedAt >= (changedAt.get(providerId) ?? _max.testedAt)) latest.set(providerId, _max.testedAt)
  if (latest.size === 0) return new Map()
  const tests = await prisma.connectionTest.findMany({
    where: { ...good, testedAt: { in: [...latest.values()] }, modelListId: { not: null } },
    select: { providerId: true, testedAt: true, modelListId: true },
    orderBy: { number: 'asc' },
  })
  // Another provider may have been tested at this very time.
  const shown = tests.filter(({ providerId, testedAt }) => testedAt.getTime() === latest.get(providerId)?.getTime())
  const ids = [...new Set(shown.flatMap(({ modelListId }) => modelListId ?? []))]
  const lists = await prisma.modelList.findMany({ where: { id: { in: ids } }, select: { id: true, providerId: true, names: true } })
  const order = new Map(ids.map((id, index) => [id, index]))
  const found = new Map<string, string[]>()
  for (const { providerId, names } of lists.sort((one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0)))
    found.set(providerId, [...new Set([...(found.get(providerId) ?? []), ...readModelNames(names)])])
  return found
}
