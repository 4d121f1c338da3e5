import { randomUUID } from 'node:crypto'
import type { Caller } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import { insertRow } from '../database/insert-row.ts'
import { CURRENT_REVISION, raiseRevision } from '../database/revision.ts'
import { Prisma } from '../generated/prisma-sqlite/client.ts'

/** An attempt that changed nothing: alone of the events of a provider it tells of no new state. */
export const PROVIDER_CHANGE_REFUSED = 'provider.change_refused'

/** Values that are not stored were tried at an upstream: tells of no provider. */
export const DRAFT_TESTED = 'provider.draft_tested'

/** What an audit event can say. Past tense: it is written in the transaction of the change it tells of. */
export const AUDIT_ACTIONS = [
  'provider.created',
  'provider.updated',
  'provider.deleted',
  'provider.tested',
  'provider.key_availability_reset',
  DRAFT_TESTED,
  PROVIDER_CHANGE_REFUSED,
  'access_token.created',
  'access_token.updated',
  'access_token.revoked',
  'access_token.change_refused',
  'model_route.created',
  'model_route.updated',
  'model_route.deleted',
  'model_route.change_refused',
  'encryption_key.rotation_started',
  'encryption_key.rotated',
  'encryption_key.retired',
  'encryption_key.secrets_upgraded',
  'encryption_key.change_refused',
] as const

export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** What an audit event can be about. */
export type AuditSubjectType = 'provider' | 'access_token' | 'model_route' | 'encryption_key'

export interface AuditEntry {
  readonly action: AuditAction
  readonly subjectType: AuditSubjectType
  readonly subjectId: string
  /** Ids, names and masks; callers never pass a row, so that no secret can slip in with one. */
  readonly changes?: Prisma.InputJsonObject
}

/**
 * Writes who did what to which id. If it cannot be written, the transaction, and so the change, fails. This also
 * publishes the change: `changes/` follows these events by their revision. Called last in a transaction, because from
 * here on other writers wait.
 */
export async function recordAudit(transaction: TransactionClient, caller: Caller, entry: AuditEntry, at: Date): Promise<void> {
  const { action, subjectType, subjectId, changes } = entry
  const { principal, channel, requestId } = caller
  await raiseRevision(transaction)
  await insertRow(transaction, 'auditEvent', {
    ...{ id: randomUUID(), action, subjectType, subjectId, changes, channel, requestId },
    subjectName: nameOf(subjectType, subjectId),
    ...{ actorKind: principal.kind, actorId: principal.tokenId, actor: principal.tokenName },
    createdAt: at,
    revision: CURRENT_REVISION,
  })
}

const NAMED_IN: Readonly<Record<Exclude<AuditSubjectType, 'encryption_key'>, Prisma.Sql>> = {
  provider: Prisma.sql`providers`,
  access_token: Prisma.sql`access_tokens`,
  model_route: Prisma.sql`model_routes`,
}

/** The name that the subject has now: the event shows it when the subject is long gone. */
function nameOf(subjectType: AuditSubjectType, subjectId: string): Prisma.Sql | string | undefined {
  if (subjectId === '') return undefined
  return subjectType === 'encryption_key' ? subjectId : Prisma.sql`(SELECT name FROM ${NAMED_IN[subjectType]} WHERE id = ${subjectId})`
}
