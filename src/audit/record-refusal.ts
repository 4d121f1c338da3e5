import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Caller } from '../auth/principal.ts'
import type { Database } from '../database/client.ts'
import type { FaultCode, ProblemCode } from '../errors.ts'
import { type AuditAction, type AuditEntry, PROVIDER_CHANGE_REFUSED, recordAudit } from './record.ts'

/** A change that somebody asked for and did not get. */
export interface Refusal {
  /** The mutation, or the route of a dialect. */
  readonly operation: string
  readonly code: ProblemCode | FaultCode
  readonly subjectType: AuditEntry['subjectType']
  /** Of something that exists; empty when the request named nothing that does. What it said instead is not kept. */
  readonly subjectId: string
}

const REFUSED: Readonly<Record<Refusal['subjectType'], AuditAction>> = {
  provider: PROVIDER_CHANGE_REFUSED,
  access_token: 'access_token.change_refused',
  model_route: 'model_route.change_refused',
  encryption_key: 'encryption_key.change_refused',
}

/** Writes an audit event of a refusal. */
export type RecordRefusal = (caller: Caller, refusal: Refusal) => Promise<void>

/**
 * Nobody must be able to fill the disk by asking for what is refused: so many events of each code are kept for a token in a
 * minute. Per code, so that a flood of one kind hides no other.
 */
const KEPT_PER_MINUTE = 60

/**
 * Refusals are recorded in transactions of their own, since what they tell of has none.
 * @param onLeftOut Is told of each refusal that is one too many for the audit log.
 */
export function createRecordRefusal(
  database: Database,
  clock: () => Date,
  onLeftOut: (caller: Caller, refusal: Refusal) => void,
): RecordRefusal {
  const kept = new RateLimiterMemory({ points: KEPT_PER_MINUTE, duration: 60 })
  return async (caller, refusal) => {
    const { operation, code, subjectType, subjectId } = refusal
    const isKept = await kept.consume(`${code} ${caller.principal.tokenId}`).then(
      () => true,
      () => false,
    )
    if (!isKept) return onLeftOut(caller, refusal)
    await database.write((transaction) =>
      recordAudit(transaction, caller, { action: REFUSED[subjectType], subjectType, subjectId, changes: { operation, code } }, clock()),
    )
  }
}
