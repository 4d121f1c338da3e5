import { Prisma } from '../generated/prisma-sqlite/client.ts'
import type { Database, TransactionClient } from './client.ts'

/** For whoever asks without Prisma's client, or in a statement of its own; the same on both databases. */
export const SELECT_REVISION = 'SELECT value FROM revisions WHERE id = 1'
export const RAISE_REVISION = 'UPDATE revisions SET value = value + 1 WHERE id = 1'

/** The revision, for a statement that stores it. */
export const CURRENT_REVISION = Prisma.raw(`(${SELECT_REVISION})`)

/**
 * Raises the revision. No other transaction can do so until this one has ended, so whatever carries a revision becomes
 * visible in the order of revisions. Called late in a transaction, to keep others waiting for the commit alone; or first,
 * by those few that must take turns.
 */
export async function raiseRevision(transaction: TransactionClient): Promise<void> {
  const raised = await transaction.$executeRawUnsafe(RAISE_REVISION)
  if (raised !== 1) throw new Error('The table "revisions" has lost its row: restore a backup.')
}

/** How many times the data has changed. What is read after this is at least as new. */
export async function readRevision({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  const { value } = await prisma.revision.findUniqueOrThrow({ where: { id: 1 } })
  return value
}
