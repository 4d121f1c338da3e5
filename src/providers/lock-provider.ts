import type { TransactionClient } from '../database/client.ts'
import { ProviderNotFoundError, VersionConflictError } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import type { ExpectedState, ProviderRef } from './provider-input.ts'

/**
 * Raises a live provider's version and returns its row. The write comes first because it locks the row: changes to one
 * provider follow each other, and none is lost.
 * @throws ProviderNotFoundError; VersionConflictError when the caller expected another version or provider. The transaction must then roll back.
 */
export async function lockProvider(
  transaction: TransactionClient,
  ref: ProviderRef,
  expected: ExpectedState,
  now: Date,
): Promise<Provider> {
  const live = { ...ref, deletedAt: null }
  const locked = await transaction.provider.updateMany({ where: live, data: { version: { increment: 1 }, updatedAt: now } })
  const provider = await transaction.provider.findFirst({ where: live })
  if (locked.count === 0 || provider === null) throw new ProviderNotFoundError()
  const versionBefore = provider.version - 1
  const isExpected = (expected.version ?? versionBefore) === versionBefore && (expected.id ?? provider.id) === provider.id
  if (!isExpected) throw new VersionConflictError(versionBefore)
  return provider
}

/**
 * Locks a live provider without changing it and returns its row; null when there is none. Whoever writes what belongs to a
 * provider begins with this, or with a change of the provider: locks that are taken in one order never wait in a circle.
 */
export async function holdProvider(transaction: TransactionClient, id: string): Promise<Provider | null> {
  const live = { id, deletedAt: null }
  // A write, because SQLite has no other way of locking; it writes what is there.
  await transaction.provider.updateMany({ where: live, data: { version: { increment: 0 } } })
  return transaction.provider.findFirst({ where: live })
}
