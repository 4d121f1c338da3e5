import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import { ProviderInUseError } from '../errors.ts'
import { lockProvider } from './lock-provider.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { ExpectedState, ProviderRef } from './provider-input.ts'

export interface DeletedProvider {
  readonly id: string
  readonly name: string
  /** The names of the model routes that have it as a target. */
  readonly routes: string[]
}

/**
 * Deletes a provider: its row stays for the audit trail and frees its name, its keys, secrets and tests are gone.
 * Targets of model routes stay, and show that it is gone.
 * @param force whether it is deleted though model routes use it.
 * @throws ProviderNotFoundError, VersionConflictError, ProviderInUseError.
 */
export async function deleteProvider(
  deps: ProviderDeps,
  caller: Caller,
  ref: ProviderRef,
  expected: ExpectedState,
  force: boolean,
): Promise<DeletedProvider> {
  const now = deps.clock()
  return deps.database.write(async (transaction) => {
    const { id, name } = await lockProvider(transaction, ref, expected, now)
    const routes = await routesWith(transaction, id)
    if (routes.length > 0 && !force) throw new ProviderInUseError(routes)
    await transaction.provider.update({ where: { id }, data: { deletedAt: now, enabled: false, lastConnectionTestId: null } })
    await transaction.apiKey.deleteMany({ where: { providerId: id } })
    await transaction.providerSecret.deleteMany({ where: { providerId: id } })
    await transaction.connectionTest.deleteMany({ where: { providerId: id } })
    await transaction.modelList.deleteMany({ where: { providerId: id } })
    await recordAudit(
      transaction,
      caller,
      { action: 'provider.deleted', subjectType: 'provider', subjectId: id, changes: { name, ...(routes.length === 0 ? {} : { routes }) } },
      now,
    )
    return { id, name, routes }
  })
}

async function routesWith(transaction: TransactionClient, providerId: string): Promise<string[]> {
  const routes = await transaction.modelRoute.findMany({
    where: { targets: { some: { providerId } } },
    select: { name: true },
    orderBy: { name: 'asc' },
  })
  return routes.map(({ name }) => name)
}
