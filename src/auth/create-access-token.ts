import { randomUUID } from 'node:crypto'
import { recordAudit } from '../audit/record.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import type { Role, TokenSource } from '../generated/prisma-sqlite/enums.ts'
import { type Caller, hasRole } from './principal.ts'
import { digestToken, generateToken } from './token.ts'
import { makeTokenMac } from './token-mac.ts'

export interface NewAccessToken {
  readonly name: string
  readonly role: Role
  /** Null for a token that stays valid until it is revoked. */
  readonly expiresAt: Date | null
}

/**
 * Makes a token and returns its value, which is shown this once and stored as a digest only.
 * @throws ValidationError for a blank or overlong name, an expiry in the past, or a role stronger than the caller's.
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
    const tokenId = await insertToken(transaction, deps.keyring, value, input, 'API', now)
    const changes = { name: input.name, role: input.role, expiresAt: input.expiresAt?.toISOString() ?? null }
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
  { name, role, expiresAt }: NewAccessToken,
  source: TokenSource,
  createdAt: Date,
): Promise<string> {
  const row = { id: randomUUID(), ...digestToken(value), name, role, source, createdAt, expiresAt }
  await transaction.accessToken.create({ data: { ...row, ...makeTokenMac(keyring, { ...row, calls: null, revokedAt: null }) } })
  return row.id
}

function checkNewToken(caller: Caller, input: NewAccessToken, now: Date): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  if (input.name.trim() === '' || input.name.length > 200)
    issues.push({
      path: ['name'],
      rule: 'OUT_OF_RANGE',
      message: 'The name must have 1 to 200 characters. Say who or what will use the token.',
    })
  if (input.name.includes('\u0000') || !input.name.isWellFormed())
    issues.push({ path: ['name'], rule: 'NOT_ALLOWED', message: 'The name must consist of whole characters, without U+0000.' })
  if (!hasRole(caller.principal, input.role))
    issues.push({ path: ['role'], rule: 'NOT_ALLOWED', message: 'A token cannot create one that is stronger than itself.' })
  if (input.expiresAt !== null && input.expiresAt <= now)
    issues.push({ path: ['expiresAt'], rule: 'OUT_OF_RANGE', message: 'The expiry must lie in the future.' })
  return issues
}
