import type { Prisma } from '../generated/prisma-sqlite/client.ts'

/** Which audit events somebody wants to see; conditions combine with AND. */
export interface AuditFilter {
  /** UUID of a provider or a token, or the id of an encryption key. */
  readonly subjectId?: string | undefined
  readonly action?: string | undefined
  readonly since?: Date | undefined
}

/** The condition for the rows of `audit_events`. Their `number` gives the order in which they were written. */
export function auditWhere({ subjectId, action, since }: AuditFilter): Prisma.AuditEventWhereInput {
  return {
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(action === undefined ? {} : { action }),
    ...(since === undefined ? {} : { createdAt: { gte: since } }),
  }
}
