import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import { ApiKeyNotFoundError } from '../errors.ts'
import { holdProvider } from './lock-provider.ts'
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
    const found = await transaction.apiKey.findUnique({ where: { id: apiKeyId } })
    const provider = found && (await holdProvider(transaction, found.providerId))
    const where = { id: apiKeyId, providerId: provider?.id ?? '' }
    const [key] = await transaction.apiKey.updateManyAndReturn({ where, data: { availabilityResets: { increment: 1 } } })
    if (key === undefined) throw new ApiKeyNotFoundError(apiKeyId)
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
