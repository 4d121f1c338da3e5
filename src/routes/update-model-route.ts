import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import { ModelRouteNotFoundError, VersionConflictError } from '../errors.ts'
import type { ModelRoute } from '../generated/prisma-sqlite/client.ts'
import { type ModelRouteDeps, storeTargets } from './create-model-route.ts'
import { auditedTarget, type ModelRouteChanges, type ModelRouteRef, planTargets, refuseFields } from './model-route-input.ts'

/**
 * Changes a model route; returns its id.
 * @param expectedVersion undefined is not checked.
 * @throws ValidationError, ModelRouteNotFoundError, VersionConflictError.
 */
export async function updateModelRoute(
  { database, clock }: ModelRouteDeps,
  caller: Caller,
  ref: ModelRouteRef,
  changes: ModelRouteChanges,
  expectedVersion: number | undefined,
): Promise<string> {
  refuseFields(changes)
  const now = clock()
  return database.write(async (transaction) => {
    const before = await lockModelRoute(transaction, ref, expectedVersion, now)
    const { id } = before
    const { description = before.description, enabled = before.enabled, retryAfterTimeout = before.retryAfterTimeout } = changes
    const after = { description, enabled, retryAfterTimeout }
    await transaction.modelRoute.update({ where: { id }, data: after, select: { id: true } })
    const targets = changes.targets && (await planTargets(transaction, changes.targets))
    const stored = targets && (await readAuditedTargets(transaction, id))
    if (targets) await storeTargets(transaction, id, targets)
    const audited = {
      ...differences(before, after),
      ...(targets && stored ? { targets: { from: stored, to: targets.map(auditedTarget) } } : {}),
    }
    await recordAudit(
      transaction,
      caller,
      { action: 'model_route.updated', subjectType: 'model_route', subjectId: id, changes: audited },
      now,
    )
    return id
  })
}

/** Raises the version of a route, which locks its row, and returns it. */
export async function lockModelRoute(
  transaction: TransactionClient,
  ref: ModelRouteRef,
  expectedVersion: number | undefined,
  now: Date,
): Promise<ModelRoute> {
  const locked = await transaction.modelRoute.updateMany({ where: ref, data: { version: { increment: 1 }, updatedAt: now } })
  const route = await transaction.modelRoute.findFirst({ where: ref })
  if (locked.count === 0 || route === null) throw new ModelRouteNotFoundError()
  const versionBefore = route.version - 1
  if ((expectedVersion ?? versionBefore) !== versionBefore)
    throw new VersionConflictError(versionBefore, 'The model route was changed meanwhile')
  return route
}

async function readAuditedTargets(transaction: TransactionClient, routeId: string) {
  const rows = await transaction.routeTarget.findMany({
    where: { routeId },
    select: { model: true, weight: true, priority: true, provider: { select: { name: true } } },
    orderBy: { number: 'asc' },
  })
  return rows.map(({ provider, ...target }) => auditedTarget({ ...target, providerName: provider.name }))
}

type Plain = Pick<ModelRoute, 'description' | 'enabled' | 'retryAfterTimeout'>

function differences(before: Plain, after: Plain) {
  const fields = (['description', 'enabled', 'retryAfterTimeout'] as const).filter((field) => before[field] !== after[field])
  return Object.fromEntries(fields.map((field) => [field, { from: before[field], to: after[field] }]))
}
