import { isDeepStrictEqual } from 'node:util'
import type { Caller } from '../../auth/principal.ts'
import type { Prisma } from '../../generated/prisma-sqlite/client.ts'
import { createModelRoute, type ModelRouteDeps } from '../../routes/create-model-route.ts'
import { deleteModelRoute } from '../../routes/delete-model-route.ts'
import {
  type ModelRouteChanges,
  type NewModelRoute,
  type RouteTargetInput,
  refuseFields,
  resolveTargets,
} from '../../routes/model-route-input.ts'
import { updateModelRoute } from '../../routes/update-model-route.ts'
import type { Open } from '../open.ts'
import { allOf } from '../pages.ts'
import { madeByApply } from './made-by-apply.ts'
import { planEach } from './plan-each.ts'
import type { FileRoute } from './providers-file.ts'

/** What is to happen to one model route. */
export type RouteStep = { readonly kind: 'route'; readonly name: string; readonly said: readonly string[] } & (
  | { readonly action: 'create'; readonly route: NewModelRoute }
  | { readonly action: 'change'; readonly id: string; readonly version: number; readonly changes: ModelRouteChanges }
  | { readonly action: 'delete'; readonly id: string; readonly version: number }
  | { readonly action: 'keep' }
)

/** Targets as they are read with a route, those of deleted providers too. */
const STORED_TARGETS = {
  select: { model: true, weight: true, priority: true, provider: { select: { name: true, enabled: true, deletedAt: true } } },
  orderBy: { number: 'asc' },
} as const

/**
 * Compares the routes of the file with those that are stored.
 * @param made The providers of the same file, which are made before its routes.
 * @throws PartialFailure with the problems of all routes.
 */
export async function planRoutes(
  open: Open,
  wanted: readonly FileRoute[],
  prune: boolean,
  made: readonly { readonly name: string }[],
): Promise<RouteStep[]> {
  const stored = await readRoutes(open)
  const found = [...made, ...(await readProviderNames(open))].map(({ name }) => ({ id: name, name }))
  const steps = await planEach(wanted, (route) => {
    const step = planRoute(
      route,
      stored.find(({ name }) => name === route.name),
    )
    refuseBroken(step, found)
    return step
  })
  if (!prune) return steps
  const ids = stored.map(({ id }) => id)
  const own = await madeByApply(open.database.prisma, 'model_route.created', ids)
  const others = stored.filter(({ id, name }) => own.has(id) && !wanted.some((route) => route.name === name))
  const deletions = others.map(({ id, name, version }): RouteStep => {
    return { kind: 'route', action: 'delete', name, said: ['no longer in the file'], id, version }
  })
  return [...steps, ...deletions]
}

function readProviderNames({ database: { prisma } }: Open): Promise<{ name: string }[]> {
  return allOf<{ name: string }>((last, take) =>
    prisma.provider.findMany({
      where: { deletedAt: null, name: { gt: last?.name ?? '' } },
      ...{ select: { name: true }, orderBy: { name: 'asc' }, take },
    }),
  )
}

/** A model route as the database has it. */
export type StoredRoute = Prisma.ModelRouteGetPayload<{ include: { targets: typeof STORED_TARGETS } }>

/** All model routes, with their targets. */
export function readRoutes({ database: { prisma } }: Open): Promise<StoredRoute[]> {
  return allOf<StoredRoute>((last, take) =>
    prisma.modelRoute.findMany({
      where: { name: { gt: last?.name ?? '' } },
      ...{ include: { targets: STORED_TARGETS }, orderBy: { name: 'asc' }, take },
    }),
  )
}

/** The rules for routes, before anything of the file is done. */
function refuseBroken(step: RouteStep, found: Parameters<typeof resolveTargets>[0]): void {
  if (step.action !== 'create' && step.action !== 'change') return
  const fields = step.action === 'create' ? step.route : step.changes
  refuseFields(fields)
  resolveTargets(found, fields.targets ?? [])
}

function planRoute(wanted: FileRoute, stored: StoredRoute | undefined): RouteStep {
  const { name, description = '', enabled = true, retryAfterTimeout = false } = wanted
  const targets = wanted.targets.map(({ provider, ...target }): RouteTargetInput => ({ provider: { name: provider }, ...target }))
  if (stored === undefined) {
    const route = { name, description, enabled, retryAfterTimeout, targets }
    return { kind: 'route', action: 'create', name, said: [`model route with ${wanted.targets.map(targetText).join(', ')}`], route }
  }
  const isSame = isDeepStrictEqual(wanted.targets.map(plainTarget), stored.targets.map(storedTarget))
  const changes = {
    description: different(wanted.description, stored.description),
    enabled: different(wanted.enabled, stored.enabled),
    retryAfterTimeout: different(wanted.retryAfterTimeout, stored.retryAfterTimeout),
    targets: isSame ? undefined : targets,
  }
  const said = Object.entries(changes).flatMap(([field, value]) => (value === undefined ? [] : [`model route: ${field}`]))
  if (said.length === 0) return { kind: 'route', action: 'keep', name, said }
  return { kind: 'route', action: 'change', name, said, id: stored.id, version: stored.version, changes }
}

/** What was planned for one state of a route is not done to another one. */
export async function carryOutRoute(deps: ModelRouteDeps, caller: Caller, step: RouteStep): Promise<void> {
  if (step.action === 'create') await createModelRoute(deps, caller, step.route)
  if (step.action === 'change') await updateModelRoute(deps, caller, { id: step.id }, step.changes, step.version)
  if (step.action === 'delete') await deleteModelRoute(deps, caller, { id: step.id }, step.version)
}

/** A route as a file states it; null when none of its providers is there any more. */
export function toFileRoute({ name, description, enabled, retryAfterTimeout, targets }: StoredRoute): FileRoute | null {
  const live = targets.filter(({ provider }) => provider.deletedAt === null).map(storedTarget)
  const [first, ...others] = live
  if (first === undefined) return null
  const texts = { ...(description === '' ? {} : { description }), ...(enabled ? {} : { enabled }) }
  return { name, ...texts, ...(retryAfterTimeout ? { retryAfterTimeout } : {}), targets: [first, ...others] }
}

function storedTarget({ provider, model, weight, priority }: StoredRoute['targets'][number]) {
  return { provider: provider.name, model, weight, priority }
}

function plainTarget({ provider, model, weight = 1, priority = 0 }: FileRoute['targets'][number]) {
  return { provider, model, weight, priority }
}

function targetText({ provider, model }: FileRoute['targets'][number]): string {
  return `${provider}/${model}`
}

function different<Value>(wanted: Value | undefined, stored: Value): Value | undefined {
  return wanted === stored ? undefined : wanted
}
