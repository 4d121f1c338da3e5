import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import type { Role, TokenSource } from '../generated/prisma-sqlite/enums.ts'
import { type CallScope, toStoredScope } from './call-scope.ts'
import { type CallScopeInput, checkCallScope, resolveCallScope } from './call-scope-input.ts'
import { type Caller, hasRole } from './principal.ts'
import { digestToken, generateToken } from './token.ts'
import { makeTokenMac } from './token-mac.ts'

export interface NewAccessToken {
  readonly name: string
  readonly role: Role
  /** Null for a token that stays valid until it is revoked. */
  readonly expiresAt: Date | null
  /** The model calls that it may make; none when left out. A token of the role `CALLER` needs it. */
  readonly calls?: CallScopeInput | null | undefined
}

/** A token as it is stored. */
export interface StoredToken extends Omit<NewAccessToken, 'calls'> {
  readonly calls?: CallScope | null | undefined
}

/**
 * Makes a token and returns its value, which is shown only once and stored as a digest only.
 * @throws ValidationError for a blank or overlong name, an expiry in the past, a role stronger than the caller's, a caller
 * without a scope, and a scope that is out of bounds or names a provider that is not there.
 */
export async function createAccessToken(
  deps: { readonly database: Database; readonly keyring: Keyring; readonly clock: () => Date },
  caller: Caller,
  input: NewAccessToken,
): Promise<{ id: string; value: string }> {
  const now = deps.clock()
  const issues = checkNewToken(caller, input, now)
  if (issues.length > 0) throw new ValidationError(issues)
  const value = generateToken()
  const id = await deps.database.write(async (transaction) => {
    const calls = await storedCalls(transaction, input)
    const tokenId = await insertToken(transaction, deps.keyring, value, { ...input, calls }, 'API', now)
    const { name, role, expiresAt } = input
    const scope = calls === null ? {} : { calls: toStoredScope(calls) }
    const changes = { name, role, expiresAt: expiresAt?.toISOString() ?? null, ...scope }
    await recordAudit(
      transaction,
      caller,
      { action: 'access_token.created', subjectType: 'access_token', subjectId: tokenId, changes },
      now,
    )
    return tokenId
  })
  return { id, value }
}

/** Stores the digest of a token, with the MAC of its row; returns the new row's id. */
export async function insertToken(
  transaction: TransactionClient,
  keyring: Keyring,
  value: string,
  { name, role, expiresAt, calls }: StoredToken,
  source: TokenSource,
  createdAt: Date,
): Promise<string> {
  const row = { id: randomUUID(), ...digestToken(value), name, role, source, createdAt, expiresAt }
  const scope = calls == null ? {} : { calls: toStoredScope(calls) }
  const mac = makeTokenMac(keyring, { ...row, calls: null, ...scope, revokedAt: null })
  await transaction.accessToken.create({ data: { ...row, ...scope, ...mac } })
  return row.id
}

async function storedCalls(transaction: TransactionClient, { calls }: NewAccessToken): Promise<CallScope | null> {
  if (calls == null) return null
  const resolved = await resolveCallScope(transaction, calls)
  if ('issues' in resolved) throw new ValidationError(resolved.issues)
  return resolved.scope
}

function checkNewToken({ principal }: Caller, { name, role, expiresAt, calls }: NewAccessToken, now: Date): ValidationIssue[] {
  return [
    ...checkTokenName(name),
    ...(hasRole(principal, role) ? [] : [STRONGER]),
    ...checkExpiry(expiresAt, now),
    ...(calls == null ? (role === 'CALLER' ? [NO_SCOPE] : []) : checkCallScope(calls)),
  ]
}

const STRONGER: ValidationIssue = {
  path: ['role'],
  rule: 'NOT_ALLOWED',
  message: 'A token cannot create one that is stronger than itself.',
}
const NO_SCOPE: ValidationIssue = {
  path: ['calls'],
  rule: 'REQUIRED',
  message: 'A caller can only make model calls. Say which ones; an empty scope allows all.',
}

/** The rules of a token's name. */
export function checkTokenName(name: string): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  if (name.trim() === '' || name.length > 200)
    issues.push({
      path: ['name'],
      rule: 'OUT_OF_RANGE',
      message: 'The name must have 1 to 200 characters. Say who or what will use the token.',
    })
  if (name.includes('\u0000') || !name.isWellFormed())
    issues.push({ path: ['name'], rule: 'NOT_ALLOWED', message: 'The name must consist of whole characters, without U+0000.' })
  return issues
}

/** The rules of when a token ends; null for never. */
export function checkExpiry(expiresAt: Date | null, now: Date): ValidationIssue[] {
  if (expiresAt === null || expiresAt > now) return []
  return [{ path: ['expiresAt'], rule: 'OUT_OF_RANGE', message: 'The expiry must be in the future.' }]
}
