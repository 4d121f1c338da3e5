import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { isUniqueViolation } from '../database/failures.ts'
import { insertRow } from '../database/insert-row.ts'
import { ModelRouteNameTakenError, ValidationError } from '../errors.ts'
import { auditedTarget, type NewModelRoute, type PlannedTarget, planTargets, refuseFields } from './model-route-input.ts'

export interface ModelRouteDeps {
  readonly database: Database
  readonly clock: () => Date
}

const MAX_ROUTES = 1_000
const NAME = { name: 'model_routes_name_key', columns: ['name'] }

/**
 * Stores a model route with its targets; returns its id.
 * @throws ValidationError, ModelRouteNameTakenError.
 */
export async function createModelRoute({ database, clock }: ModelRouteDeps, caller: Caller, route: NewModelRoute): Promise<string> {
  const { name, description, enabled, retryAfterTimeout } = route
  refuseFields(route)
  const id = randomUUID()
  const now = clock()
  return database.write(async (transaction) => {
    await refuseTooMany(transaction)
    const targets = await planTargets(transaction, route.targets)
    const row = { id, name, description, enabled, retryAfterTimeout, version: 1, createdAt: now, updatedAt: now }
    try {
      await insertRow(transaction, 'modelRoute', row)
    } catch (error) {
      throw isUniqueViolation(error, NAME) ? new ModelRouteNameTakenError(name) : error
    }
    await storeTargets(transaction, id, targets)
    const changes = { name, description, enabled, retryAfterTimeout, targets: targets.map(auditedTarget) }
    await recordAudit(transaction, caller, { action: 'model_route.created', subjectType: 'model_route', subjectId: id, changes }, now)
    return id
  })
}

/** Puts these targets in place of all that the route has. */
export async function storeTargets(transaction: TransactionClient, routeId: string, targets: readonly PlannedTarget[]): Promise<void> {
  await transaction.routeTarget.deleteMany({ where: { routeId } })
  await transaction.routeTarget.createMany({ data: targets.map(({ providerName: _, ...target }) => ({ ...target, routeId })) })
}

async function refuseTooMany(transaction: TransactionClient): Promise<void> {
  if ((await transaction.modelRoute.count()) < MAX_ROUTES) return
  const message = `There are already ${MAX_ROUTES} model routes, which is the limit. Delete one first.`
  throw new ValidationError([{ path: ['name'], rule: 'OUT_OF_RANGE', message }])
}
