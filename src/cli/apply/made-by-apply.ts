import type { AuditAction } from '../../audit/record.ts'
import type { PrismaClient } from '../../generated/prisma-sqlite/client.ts'

/** Ids that one statement looks for. */
const AT_ONCE = 500

/** Which of these `apply` itself has made, by their audit events: what people made in another way is theirs. */
export async function madeByApply(
  prisma: PrismaClient,
  action: Extract<AuditAction, 'provider.created' | 'model_route.created'>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const made = new Set<string>()
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const events = await prisma.auditEvent.findMany({
      where: { action, channel: 'cli', subjectId: { in: ids.slice(from, from + AT_ONCE) } },
      select: { subjectId: true },
    })
    for (const { subjectId } of events) made.add(subjectId)
  }
  return made
}
