import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import { ApiKeyNotFoundError } from '../errors.ts'
import type { ProviderDeps } from './provider-deps.ts'

/**
 * Lets model calls use a key again at once, at every replica: what any of them has found out about it counts no more.
 * Returns its id.
 * @throws ApiKeyNotFoundError.
 */
export async function resetKeyAvailability(
  { database, clock }: Pick<ProviderDeps, 'database' | 'clock'>,
  caller: Caller,
  apiKeyId: string,
): Promise<string> {
  const now = clock()
  return database.write(async (transaction) => {
    const data = { availabilityResets: { increment: 1 } }
    const { count } = await transaction.apiKey.updateMany({ where: { id: apiKeyId, provider: { deletedAt: null } }, data })
    const key = count === 0 ? null : await transaction.apiKey.findUnique({ where: { id: apiKeyId } })
    if (key === null) throw new ApiKeyNotFoundError(apiKeyId)
    await recordAudit(
      transaction,
      caller,
      {
        action: 'provider.key_availability_reset',
        subjectType: 'provider',
        subjectId: key.providerId,
        changes: { apiKeyId, masked: key.masked },
      },
      now,
    )
    return apiKeyId
  })
}
