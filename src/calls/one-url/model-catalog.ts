import type { CallScope } from '../../auth/call-scope.ts'
import type { Database } from '../../database/client.ts'
import { createLatestModels, type LatestModels } from '../../providers/latest-models.ts'
import { listRoutes } from '../../routes/read-route.ts'
import { isInScope } from '../call-permission.ts'

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
  /** The vendor's name of the model. */
  readonly model: string
}

/** All routes, and all models that the latest good test of each enabled provider has listed, by provider. */
export type ModelCatalog = (state: number | null) => Promise<readonly ListedModel[]>

/** Of more models the first ones are listed; all can be called. */
const MOST_LISTED = 50_000
/** Providers whose tests are read with one statement. */
const PAGE = 100

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
  return models.filter(({ targets }) => targets.some(({ providerId, model }) => isInScope(scope, providerId, model)))
}

async function readModels(prisma: Database['prisma'], latestModels: LatestModels): Promise<readonly ListedModel[]> {
  const providers = await prisma.provider.findMany({
    where: { enabled: true, deletedAt: null },
    select: { id: true, name: true, createdAt: true, endpointChangedAt: true },
    orderBy: { name: 'asc' },
  })
  const listed: ListedModel[] = []
  for (let from = 0; from < providers.length && listed.length < MOST_LISTED; from += PAGE) {
    const page = providers.slice(from, from + PAGE)
    const names = await Promise.all(page.map(latestModels))
    page.forEach(({ id: providerId, name, createdAt }, index) => {
      for (const model of names[index] ?? [])
        listed.push({ id: `${name}/${model}`, createdAt, ownedBy: name, targets: [{ providerId, model }] })
    })
  }
  const routes = (await listRoutes({ prisma })).map(({ name, createdAt, targets }) => ({
    id: name,
    createdAt,
    ownedBy: 'route',
    targets,
  }))
  return [...routes, ...listed.slice(0, MOST_LISTED)]
}
