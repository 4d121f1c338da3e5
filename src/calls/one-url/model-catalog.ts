import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CallScope } from '../../auth/call-scope.ts'
import type { Database } from '../../database/client.ts'
import { createLatestModels, type LatestModels } from '../../providers/latest-models.ts'
import { listRoutes } from '../../routes/read-route.ts'
import { modelsInUrl } from '../addressed-models.ts'
import { isInScope } from '../call-permission.ts'
import { servesModel } from '../choose-key.ts'
import { endpointOf, modelGlobsOf } from '../provider-for-call.ts'

/** A model by the name under which the one base URL calls it. */
export interface ListedModel {
  readonly id: string
  readonly createdAt: Date
  readonly ownedBy: string
  /** Where a call of it may go: a token that may use one of these targets sees it. */
  readonly targets: readonly CatalogTarget[]
}

export interface CatalogTarget {
  readonly providerId: string
  /** The vendor's name of the model, and what the provider's base URL names, such as a deployment; null for a name that cannot be decoded. */
  readonly models: readonly (string | null)[]
}

/** All routes, and all models that the latest good test of each enabled provider has listed and a key of it may be used for, by provider. */
export type ModelCatalog = (state: number | null) => Promise<readonly ListedModel[]>

/** Of more models the first ones are listed; all can be called. */
const MOST_LISTED = 50_000
/** Providers whose tests are read with one statement. */
const PAGE = 100
/** Models that are compared with the lists of keys before other requests are looked at. */
const AT_ONCE = 10

/** Keeps the list in memory for as long as the data does not change. */
export function createModelCatalog({ prisma }: Pick<Database, 'prisma'>): ModelCatalog {
  const latestModels = createLatestModels({ prisma })
  let kept: { readonly state: number; readonly models: Promise<readonly ListedModel[]> } | null = null
  return (state) => {
    if (state === null) return readModels(prisma, latestModels)
    if (kept?.state === state) return kept.models
    const fresh = { state, models: readModels(prisma, latestModels) }
    kept = fresh
    fresh.models.catch(() => {
      if (kept === fresh) kept = null
    })
    return fresh.models
  }
}

/** What a token may call of the list. */
export function modelsInScope(models: readonly ListedModel[], scope: CallScope): ListedModel[] {
  return models.filter(({ targets }) => targets.some((target) => isTargetInScope(scope, target)))
}

function isTargetInScope(scope: CallScope, { providerId, models }: CatalogTarget): boolean {
  return models.every((model) => isInScope(scope, providerId, model))
}

/** What any call to a base URL names, whatever its body says. */
function modelsOfBase(baseUrl: string): (string | null)[] {
  const endpoint = endpointOf(baseUrl)
  return endpoint === null ? [] : modelsInUrl({ ...endpoint, path: `${endpoint.path}/chat/completions` })
}

async function readModels(prisma: Database['prisma'], latestModels: LatestModels): Promise<readonly ListedModel[]> {
  const providers = await prisma.provider.findMany({
    where: { enabled: true, deletedAt: null },
    select: { id: true, name: true, createdAt: true, endpointChangedAt: true, baseUrl: true, settings: true },
    orderBy: { name: 'asc' },
  })
  const ofBases = new Map(providers.map(({ id, baseUrl }) => [id, modelsOfBase(baseUrl)]))
  const targetOf = (providerId: string, model: string) => ({ providerId, models: [model, ...(ofBases.get(providerId) ?? [])] })
  const listed: ListedModel[] = []
  for (let from = 0; from < providers.length && listed.length < MOST_LISTED; from += PAGE) {
    const page = providers.slice(from, from + PAGE)
    const names = await Promise.all(page.map(latestModels))
    const keys = await readKeyLists(prisma, page)
    for (const [index, { id: providerId, name, createdAt }] of page.entries())
      for (const model of await servedModels(names[index] ?? [], keys.get(providerId)))
        listed.push({ id: `${name}/${model}`, createdAt, ownedBy: name, targets: [targetOf(providerId, model)] })
  }
  const routes = (await listRoutes({ prisma })).map(({ name, createdAt, targets }) => ({
    id: name,
    createdAt,
    ownedBy: 'route',
    targets: targets.map(({ providerId, model }) => targetOf(providerId, model)),
  }))
  return [...routes, ...listed.slice(0, MOST_LISTED)]
}

type KeyLists = ReturnType<typeof modelGlobsOf> & { readonly enabled: boolean }

/** What the keys of these providers serve, by the provider; none of those whose credential is their own. */
async function readKeyLists(
  prisma: Database['prisma'],
  providers: readonly { readonly id: string; readonly settings: unknown }[],
): Promise<ReadonlyMap<string, readonly KeyLists[]>> {
  const keys = await prisma.apiKey.findMany({
    where: { providerId: { in: providers.filter(({ settings }) => settings === null).map(({ id }) => id) } },
    select: { providerId: true, enabled: true, models: true, exceptModels: true },
  })
  const found = new Map<string, KeyLists[]>()
  for (const { providerId, enabled, ...lists } of keys)
    found.set(providerId, [...(found.get(providerId) ?? []), { enabled, ...modelGlobsOf(lists) }])
  return found
}

/** @param keys nothing where the provider has none. */
async function servedModels(models: readonly string[], keys: readonly KeyLists[] | undefined): Promise<readonly string[]> {
  const enabled = keys?.filter((key) => key.enabled)
  if (enabled?.some((key) => key.models === null && key.exceptModels === null) ?? true) return models
  const served: string[] = []
  for (let from = 0; from < models.length; from += AT_ONCE) {
    const some = models.slice(from, from + AT_ONCE)
    served.push(...some.filter((model) => enabled?.some((key) => servesModel(key, model))))
    await nextTurn()
  }
  return served
}
