import type { Prisma } from '../generated/prisma-sqlite/client.ts'

/** Which audit events somebody wants to see; conditions combine with AND. */
export interface AuditFilter {
  /** UUID of a provider or a token, or the id of an encryption key. */
  readonly subjectId?: string | undefined
  /** What the subject was called then. */
  readonly subjectName?: string | undefined
  /** What the actor was called then, or its id. */
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

/** The condition for the rows of `audit_events`. Their `number` gives the order in which they were written. */
export function auditWhere({ subjectId, subjectName, actor, action, since, until }: AuditFilter): Prisma.AuditEventWhereInput {
  return {
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(action === undefined ? {} : { action }),
    ...(subjectName === undefined ? {} : { subjectName }),
    ...(actor === undefined ? {} : { OR: [{ actor }, { actorId: actor }] }),
    ...(since === undefined ? {} : { createdAt: { gte: since } }),
    ...(until === undefined ? {} : { AND: { createdAt: { lt: until } } }),
  }
}
