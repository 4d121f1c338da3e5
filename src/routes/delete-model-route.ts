import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { ModelRouteDeps } from './create-model-route.ts'
import type { ModelRouteRef } from './model-route-input.ts'
import { lockModelRoute } from './update-model-route.ts'

/**
 * Deletes a model route and frees its name.
 * @throws ModelRouteNotFoundError, VersionConflictError.
 */
export async function deleteModelRoute(
  { database, clock }: ModelRouteDeps,
  caller: Caller,
  ref: ModelRouteRef,
  expectedVersion: number | undefined,
): Promise<{ readonly id: string; readonly name: string }> {
  const now = clock()
  return database.write(async (transaction) => {
    const { id, name } = await lockModelRoute(transaction, ref, expectedVersion, now)
    // While the row is still there, which the event takes its name from.
    await recordAudit(
      transaction,
      caller,
      { action: 'model_route.deleted', subjectType: 'model_route', subjectId: id, changes: { name } },
      now,
    )
    await transaction.routeTarget.deleteMany({ where: { routeId: id } })
    await transaction.modelRoute.delete({ where: { id }, select: { id: true } })
    return { id, name }
  })
}
