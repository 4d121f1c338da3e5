import type { Database } from '../database/client.ts'

/** A model route as calls need it. */
export interface RouteForCall {
  readonly name: string
  readonly enabled: boolean
  readonly retryAfterTimeout: boolean
  /** Without those whose provider was deleted. */
  readonly targets: readonly TargetForCall[]
}

export interface TargetForCall {
  readonly providerId: string
  readonly providerName: string
  readonly model: string
  readonly weight: number
  readonly priority: number
}

const LIVE_TARGETS = {
  where: { provider: { deletedAt: null } },
  select: { providerId: true, model: true, weight: true, priority: true, provider: { select: { name: true } } },
  orderBy: { number: 'asc' },
} as const

/** Reads a route by its name; null when there is none. */
export async function readRouteForCall({ prisma }: Pick<Database, 'prisma'>, name: string): Promise<RouteForCall | null> {
  const row = await prisma.modelRoute.findUnique({ where: { name }, include: { targets: LIVE_TARGETS } })
  if (row === null) return null
  const targets = row.targets.map(({ provider, ...target }) => ({ ...target, providerName: provider.name }))
  return { name, enabled: row.enabled, retryAfterTimeout: row.retryAfterTimeout, targets }
}

/** The enabled routes by name, each with what it may call at enabled providers. */
export async function listRoutes({ prisma }: Pick<Database, 'prisma'>) {
  return prisma.modelRoute.findMany({
    where: { enabled: true },
    select: {
      name: true,
      createdAt: true,
      targets: { where: { provider: { deletedAt: null, enabled: true } }, select: { providerId: true, model: true } },
    },
    orderBy: { name: 'asc' },
  })
}
