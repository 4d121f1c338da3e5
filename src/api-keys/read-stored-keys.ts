import type { TransactionClient } from '../database/client.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import type { StoredKeys } from './plan-key-changes.ts'
import { readSealed } from './provider-secrets.ts'

/**
 * Reads the keys of a provider and all that is sealed of it. In one transaction with the read of the provider, so that they
 * belong together.
 */
export async function readStoredKeys(transaction: TransactionClient, provider: Provider): Promise<StoredKeys> {
  const keys = await transaction.apiKey.findMany({ where: { providerId: provider.id }, orderBy: { number: 'asc' } })
  return { rows: { provider, keys }, keys, sealed: await readSealed(transaction, provider.id) }
}
