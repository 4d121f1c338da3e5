import { Prisma } from '../generated/prisma-sqlite/client.ts'
import type { Database, TransactionClient } from './client.ts'

/** For whoever asks without Prisma's client, or in a statement of its own; the same on both databases. */
export const SELECT_REVISION = 'SELECT value FROM revisions WHERE id = 1'
export const RAISE_REVISION = 'UPDATE revisions SET value = value + 1 WHERE id = 1'

/** The revision, for a statement that stores it. */
export const CURRENT_REVISION = Prisma.raw(`(${SELECT_REVISION})`)

/** How a transaction raises the revision, and whether it has done so. */
interface Raise {
  readonly statement: string
  isDone: boolean
}

const raises = new WeakMap<TransactionClient, Raise>()

/** Called at the beginning of each transaction that writes: by which statement the revision is raised in it. */
export function willRaiseRevision(transaction: TransactionClient, statement: string): void {
  raises.set(transaction, { statement, isDone: false })
}

/**
 * Raises the revision, once in a transaction. No other transaction can do so until this one has ended, so whatever carries a
 * revision becomes visible in the order of revisions. Called late in a transaction, to keep others waiting for the commit
 * alone; or first, by those few that must take turns.
 */
export async function raiseRevision(transaction: TransactionClient): Promise<void> {
  // Nobody listens yet while stored data is upgraded, which no `write` begins.
  const raise = raises.get(transaction) ?? { statement: RAISE_REVISION, isDone: false }
  if (raise.isDone) return
  const raised = await transaction.$executeRawUnsafe(raise.statement)
  if (raised !== 1) throw new Error('The table "revisions" has lost its row: restore a backup.')
  raise.isDone = true
}

/** How many times the data has changed. What is read after this is at least as new. */
export async function readRevision({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  const { value } = await prisma.revision.findUniqueOrThrow({ where: { id: 1 } })
  return value
}
