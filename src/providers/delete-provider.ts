import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import { lockProvider } from './lock-provider.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { ExpectedState, ProviderRef } from './provider-input.ts'

/**
 * Deletes a provider: its row stays for the audit trail and frees its name, its keys, secrets and tests are gone.
 * @throws ProviderNotFoundError, VersionConflictError.
 */
export async function deleteProvider(
  deps: ProviderDeps,
  caller: Caller,
  ref: ProviderRef,
  expected: ExpectedState,
): Promise<{ id: string; name: string }> {
  const now = deps.clock()
  return deps.database.write(async (transaction) => {
    const { id, name } = await lockProvider(transaction, ref, expected, now)
    await transaction.provider.update({ where: { id }, data: { deletedAt: now, enabled: false, lastConnectionTestId: null } })
    await transaction.apiKey.deleteMany({ where: { providerId: id } })
    await transaction.providerSecret.deleteMany({ where: { providerId: id } })
    await transaction.connectionTest.deleteMany({ where: { providerId: id } })
    await transaction.modelList.deleteMany({ where: { providerId: id } })
    await recordAudit(transaction, caller, { action: 'provider.deleted', subjectType: 'provider', subjectId: id, changes: { name } }, now)
    return { id, name }
  })
}
