import { recordAudit } from '../audit/record.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import { type AccessToken, Prisma } from '../generated/prisma-sqlite/client.ts'
import { type CallScope, readCallScope, toStoredScope } from './call-scope.ts'
import { type CallScopeInput, checkCallScope, resolveCallScope } from './call-scope-input.ts'
import { checkExpiry, checkTokenName } from './create-access-token.ts'
import { lockToken } from './lock-token.ts'
import { type Caller, hasRole } from './principal.ts'
import { isAuthentic, makeTokenMac } from './token-mac.ts'

/** What of a token changes; what is left out stays. The role and the value never change. */
export interface AccessTokenChanges {
  readonly name?: string | undefined
  /** Null lets it work until it is revoked. */
  readonly expiresAt?: Date | null | undefined
  /** Takes the place of the whole scope; null takes it away. */
  readonly calls?: CallScopeInput | null | undefined
}

export interface TokenUpdateDeps {
  readonly database: Database
  readonly keyring: Keyring
  readonly clock: () => Date
}

/** The columns that an update writes. */
type Wanted = Pick<AccessToken, 'name' | 'expiresAt'> & { readonly calls: CallScope | null }

/**
 * Changes a token and authenticates its row anew. Returns its id, or null when there is no such token. What leaves it as
 * it is writes nothing.
 * @throws ValidationError for values out of bounds, an unknown provider, a token that was revoked, is stronger than the
 * caller's, or is not as the gateway wrote it, and for a caller that would be left without a scope.
 */
export async function updateAccessToken(
  { database, keyring, clock }: TokenUpdateDeps,
  caller: Caller,
  id: string,
  changes: AccessTokenChanges,
): Promise<string | null> {
  const now = clock()
  refuse([
    ...(changes.name === undefined ? [] : checkTokenName(changes.name)),
    ...checkExpiry(changes.expiresAt ?? null, now),
    ...(changes.calls == null ? [] : checkCallScope(changes.calls)),
  ])
  return database.write(async (transaction) => {
    await lockToken(transaction, id)
    const row = await transaction.accessToken.findUnique({ where: { id } })
    if (row === null) return null
    refuse(checkChangeable(keyring, caller, row, changes))
    const before = wantedOf(row)
    const after = await plan(transaction, before, changes)
    const audited = differences(before, after)
    if (Object.keys(audited).length === 0) return id
    await store(transaction, keyring, row, after)
    await recordAudit(
      transaction,
      caller,
      { action: 'access_token.updated', subjectType: 'access_token', subjectId: id, changes: audited },
      now,
    )
    return id
  })
}

function checkChangeable(keyring: Keyring, caller: Caller, row: AccessToken, { calls }: AccessTokenChanges): ValidationIssue[] {
  const refused = (field: string, message: string): ValidationIssue[] => [{ path: [field], rule: 'NOT_ALLOWED', message }]
  if (row.revokedAt !== null) return refused('id', 'This token is revoked, which cannot be undone. Create another one.')
  if (!isAuthentic(keyring, row))
    return refused('id', 'Something changed this token in the database, so the gateway refuses it. Revoke it.')
  if (!hasRole(caller.principal, row.role)) return refused('id', 'A token cannot change one that is stronger than itself.')
  if (calls === null && row.role === 'CALLER')
    return refused('calls', 'A caller can only make model calls. Revoke the token, or give it another scope.')
  return []
}

function wantedOf({ name, expiresAt, calls }: AccessToken): Wanted {
  return { name, expiresAt, calls: readCallScope(calls) }
}

async function plan(transaction: TransactionClient, before: Wanted, { name, expiresAt, calls }: AccessTokenChanges): Promise<Wanted> {
  const kept = { name: name ?? before.name, expiresAt: expiresAt === undefined ? before.expiresAt : expiresAt }
  if (calls == null) return { ...kept, calls: calls === null ? null : before.calls }
  const resolved = await resolveCallScope(transaction, calls)
  if ('issues' in resolved) throw new ValidationError(resolved.issues)
  return { ...kept, calls: resolved.scope }
}

/** What an audit event says of a change: of each value that is another one, the old and the new. */
function differences(
  before: Wanted,
  after: Wanted,
): Record<string, { from: Prisma.InputJsonValue | null; to: Prisma.InputJsonValue | null }> {
  const [old, wanted] = [auditedOf(before), auditedOf(after)]
  const entries = (['name', 'expiresAt', 'calls'] as const).map((field) => [field, { from: old[field], to: wanted[field] }] as const)
  return Object.fromEntries(entries.filter(([, { from, to }]) => JSON.stringify(from) !== JSON.stringify(to)))
}

function auditedOf({ name, expiresAt, calls }: Wanted) {
  return { name, expiresAt: expiresAt?.toISOString() ?? null, calls: calls === null ? null : toStoredScope(calls) }
}

async function store(
  transaction: TransactionClient,
  keyring: Keyring,
  row: AccessToken,
  { name, expiresAt, calls }: Wanted,
): Promise<void> {
  const stored = calls === null ? null : toStoredScope(calls)
  const mac = makeTokenMac(keyring, { ...row, name, expiresAt, calls: stored })
  await transaction.accessToken.update({
    where: { id: row.id },
    data: { name, expiresAt, calls: stored ?? Prisma.DbNull, ...mac },
    select: { id: true },
  })
}

function refuse(issues: readonly ValidationIssue[]): void {
  if (issues.length > 0) throw new ValidationError(issues)
}
