import { recordAudit } from '../audit/record.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Database, TransactionClient } from '../database/client.ts'
import { ValidationError } from '../errors.ts'
import type { AccessToken } from '../generated/prisma-sqlite/client.ts'
import { findValidAdmins, validAdminTokens } from './admin-tokens.ts'
import { lockToken } from './lock-token.ts'
import type { Caller } from './principal.ts'
import { isAuthentic, makeTokenMac, type TokenMac } from './token-mac.ts'

export interface RevocationDeps {
  readonly database: Database
  /** Null where the keys cannot be read: whoever reaches the database can revoke a token all the same. */
  readonly keyring: Keyring | null
  readonly clock: () => Date
}

/**
 * Revokes a token for good; revoking it again changes nothing. Returns its id, or null when there is no such token.
 * @throws ValidationError for the last valid admin token: nobody could make another one.
 */
export async function revokeAccessToken({ database, keyring, clock }: RevocationDeps, caller: Caller, id: string): Promise<string | null> {
  const now = clock()
  return database.write(async (transaction) => {
    // Writing the admin tokens first locks them: of two requests that each revoke the other's token, one must wait and see.
    await transaction.accessToken.updateMany({ where: validAdminTokens(now), data: { role: 'ADMIN' } })
    await lockToken(transaction, id)
    const token = await transaction.accessToken.findUnique({ where: { id } })
    if (token === null) return null
    await refuseLastAdmin(transaction, keyring, id, now)
    const data = { revokedAt: now, ...revokedMac(keyring, token, now) }
    const { count } = await transaction.accessToken.updateMany({ where: { id, revokedAt: null }, data })
    if (count === 0) return id
    const changes = { name: token.name, role: token.role }
    await recordAudit(transaction, caller, { action: 'access_token.revoked', subjectType: 'access_token', subjectId: id, changes }, now)
    return id
  })
}

/** A token that does not verify is no admin's: it can always be revoked, and never counts as another one that is left. */
async function refuseLastAdmin(transaction: TransactionClient, keyring: Keyring | null, id: string, now: Date): Promise<void> {
  const admins = await findValidAdmins(transaction, keyring, now)
  if (admins.length > 1 || admins[0]?.id !== id) return
  const message = 'This is the last valid admin token. Create another admin token first, then revoke this one with it.'
  throw new ValidationError([{ path: ['id'], rule: 'NOT_ALLOWED', message }])
}

/** Without a MAC of its own a revoked row must have none: the old one would be right again once the revocation is taken out. */
function revokedMac(keyring: Keyring | null, token: AccessToken, revokedAt: Date): TokenMac | { mac: null; kid: null } {
  if (keyring === null || !isAuthentic(keyring, token)) return { mac: null, kid: null }
  return makeTokenMac(keyring, { ...token, revokedAt })
}
