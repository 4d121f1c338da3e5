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
  encryption_key: 'encryption_key.change_refused',
}

/** Writes an audit event of a refusal. */
export type RecordRefusal = (caller: Caller, refusal: Refusal) => Promise<void>

/**
 * Who may not change anything must not be able to fill the disk either: so many events of missing permission are kept for
 * a token in a minute. Each of them is in the log of requests besides.
 */
const FORBIDDEN_PER_MINUTE = 60

/** Refusals are recorded in transactions of their own, since what they tell of has none. */
export function createRecordRefusal(database: Database, clock: () => Date): RecordRefusal {
  const forbidden = new RateLimiterMemory({ points: FORBIDDEN_PER_MINUTE, duration: 60 })
  return async (caller, { operation, code, subjectType, subjectId }) => {
    const isKept =
      code !== 'FORBIDDEN' ||
      (await forbidden.consume(caller.principal.tokenId).then(
        () => true,
        () => false,
      ))
    if (!isKept) return
    await database.write((transaction) =>
      recordAudit(transaction, caller, { action: REFUSED[subjectType], subjectType, subjectId, changes: { operation, code } }, clock()),
    )
  }
}
