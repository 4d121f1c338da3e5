import { type AuditAction, DRAFT_TESTED, PROVIDER_CHANGE_REFUSED } from '../audit/record.ts'
import type { Database } from '../database/client.ts'

export type ChangeAction = 'CREATED' | 'UPDATED' | 'DELETED' | 'TESTED'

/** What a committed write did to a provider. */
export interface ProviderChange {
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
}

/** The changes to providers after one revision, up to another and with it, in their order. */
export async function readProviderChanges({ prisma }: Database, after: number, upTo: number): Promise<ProviderChange[]> {
  const events = await prisma.auditEvent.findMany({
    where: { revision: { gt: after, lte: upTo }, subjectType: 'provider', action: { notIn: [...OTHERS] } },
    select: { action: true, subjectId: true },
    orderBy: [{ revision: 'asc' }, { number: 'asc' }],
  })
  if (events.length === 0) return []
  const ids = [...new Set(events.map(({ subjectId }) => subjectId))]
  const rows = await prisma.provider.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return events.map(({ action, subjectId }) => ({
    action: toChangeAction(action),
    providerId: subjectId,
    providerName: names.get(subjectId) ?? '',
  }))
}

/** An action of a newer release is shown as an update: whatever it was, the provider is worth reading again. */
function toChangeAction(action: string): ChangeAction {
  const [, known] = Object.entries(ACTIONS).find(([name]) => name === action) ?? []
  return known ?? 'UPDATED'
}
