import type { Database, TransactionClient } from './client.ts'

const THE_ROW = { id: 1 }

/**
 * Raises the revision and returns the new one. No other transaction can do so until this one has ended, so whatever
 * carries a revision becomes visible in the order of revisions. Called late in a transaction, to keep others waiting
 * for the commit alone; or first, by those few that must take turns.
 */
export async function raiseRevision(transaction: TransactionClient): Promise<number> {
  const { value } = await transaction.revision.update({ where: THE_ROW, data: { value: { increment: 1 } } })
  return value
}

/** How many times the data has changed. What is read after this is at least as new. */
export async function readRevision({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  const { value } = await prisma.revision.findUniqueOrThrow({ where: THE_ROW })
  return value
}
