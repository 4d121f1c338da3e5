import { Prisma } from '../generated/prisma-sqlite/client.ts'
import type { Database, TransactionClient } from './client.ts'

/** The revision, for a statement that stores it. */
export const CURRENT_REVISION = Prisma.sql`(SELECT value FROM revisions WHERE id = 1)`

/**
 * Raises the revision. No other transaction can do so until this one has ended, so whatever carries a revision becomes
 * visible in the order of revisions. Called late in a transaction, to keep others waiting for the commit alone; or first,
 * by those few that must take turns.
 */
export async function raiseRevision(transaction: TransactionClient): Promise<void> {
  const raised = await transaction.$executeRaw`UPDATE revisions SET value = value + 1 WHERE id = 1`
  if (raised !== 1) throw new Error('The table "revisions" has lost its row: restore a backup.')
}

/** How many times the data has changed. What is read after this is at least as new. */
export async function readRevision({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  const { value } = await prisma.revision.findUniqueOrThrow({ where: { id: 1 } })
  return value
}
