import type { TransactionClient } from '../database/client.ts'
import { ProviderNotFoundError, VersionConflictError } from '../errors.ts'
import { Prisma, type Provider } from '../generated/prisma-sqlite/client.ts'
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
  const provider = await lockLive(transaction, ref, now)
  if (provider === null) throw new ProviderNotFoundError()
  const versionBefore = provider.version - 1
  if ((expected.id ?? provider.id) !== provider.id)
    throw new VersionConflictError(versionBefore, 'The name belongs to another provider now')
  if ((expected.version ?? versionBefore) !== versionBefore) throw new VersionConflictError(versionBefore)
  return provider
}

/** The same for one that may not exist, whatever its state: null then. */
export async function lockLive(transaction: TransactionClient, ref: ProviderRef, now: Date): Promise<Provider | null> {
  const [provider] = await transaction.provider.updateManyAndReturn({
    where: { ...ref, deletedAt: null },
    data: { version: { increment: 1 }, updatedAt: now },
  })
  return provider ?? null
}

/** A live provider that is locked. */
export interface HeldProvider {
  readonly id: string
  readonly version: number | bigint
}

/**
 * Locks a live provider without changing it; null when there is none. Whoever writes what belongs to a provider begins with this,
 * or with a change of the provider: locks that are taken in one order never wait in a circle.
 * @param columns What else is read of it by the same statement: `, <expression> AS "<name>"`.
 */
export async function holdProvider<Read extends object = object>(
  transaction: TransactionClient,
  id: string,
  columns: Prisma.Sql = Prisma.empty,
): Promise<(Read & HeldProvider) | null> {
  // A write, because SQLite has no other way of locking; it writes what is there.
  const [held] = await transaction.$queryRaw<(Read & HeldProvider)[]>`
    UPDATE providers SET version = version WHERE id = ${id} AND deleted_at IS NULL RETURNING id, version ${columns}`
  return held ?? null
}
