import { type AuditAction, DRAFT_TESTED, PROVIDER_CHANGE_REFUSED } from '../audit/record.ts'
import type { Database } from '../database/client.ts'

export type ChangeAction = 'CREATED' | 'UPDATED' | 'DELETED' | 'TESTED'

/** A place in the order of all changes. */
export interface ChangePosition {
  readonly revision: number
  /** Of the audit event, where several have one revision. */
  readonly number: number
}

/** What a committed write did to a provider. */
export interface ProviderChange {
  readonly position: ChangePosition
  readonly action: ChangeAction
  readonly providerId: string
  readonly providerName: string
}

const OTHERS = [PROVIDER_CHANGE_REFUSED, DRAFT_TESTED] as const

const ACTIONS: Readonly<Record<Exclude<Extract<AuditAction, `provider.${string}`>, (typeof OTHERS)[number]>, ChangeAction>> = {
  'provider.created': 'CREATED',
  'provider.updated': 'UPDATED',
  'provider.deleted': 'DELETED',
  'provider.tested': 'TESTED',
  'provider.key_availability_reset': 'UPDATED',
}

/** Of the events up to a revision, and with it, those behind a place. */
const behind = ({ revision, number }: ChangePosition, upTo: number) => ({
  subjectType: 'provider',
  action: { notIn: [...OTHERS] },
  revision: { gte: revision, lte: upTo },
  NOT: { revision, number: { lte: number } },
})

/** The place behind everything that has the revision. */
export const endOf = (revision: number): ChangePosition => ({ revision: revision + 1, number: 0 })

/** Events that one statement reads. */
const PAGE = 500

/** The changes to providers behind a place, up to a revision and with it, in their order. */
export async function readProviderChanges(database: Database, after: ChangePosition, upTo: number): Promise<ProviderChange[]> {
  const changes: ProviderChange[] = []
  for (let from = after; ; ) {
    const page = await readPage(database, from, upTo)
    changes.push(...page)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return changes
    from = last.position
  }
}

async function readPage({ prisma }: Database, after: ChangePosition, upTo: number): Promise<ProviderChange[]> {
  const events = await prisma.auditEvent.findMany({
    where: behind(after, upTo),
    select: { action: true, subjectId: true, revision: true, number: true },
    orderBy: [{ revision: 'asc' }, { number: 'asc' }],
    take: PAGE,
  })
  if (events.length === 0) return []
  const ids = [...new Set(events.map(({ subjectId }) => subjectId))]
  const rows = await prisma.provider.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return events.map(({ action, subjectId, revision, number }) => ({
    position: { revision: revision ?? 0, number },
    action: toChangeAction(action),
    providerId: subjectId,
    providerName: names.get(subjectId) ?? '',
  }))
}

/** How many changes there are behind a place, up to a revision and with it. */
export function countProviderChanges({ prisma }: Database, after: ChangePosition, upTo: number): Promise<number> {
  return prisma.auditEvent.count({ where: behind(after, upTo) })
}

/** An action of a newer release is shown as an update: whatever it was, the provider is worth reading again. */
function toChangeAction(action: string): ChangeAction {
  const [, known] = Object.entries(ACTIONS).find(([name]) => name === action) ?? []
  return known ?? 'UPDATED'
}
