import { recordAudit } from '../audit/record.ts'
import type { Database } from '../database/client.ts'
import { ValidationError } from '../errors.ts'
import { validAdminTokens } from './create-access-token.ts'
import type { Caller } from './principal.ts'

/**
 * Revokes a token for good; revoking it again changes nothing. Returns its id, or null when there is no such token.
 * @throws ValidationError for the last valid admin token: nobody could make another one.
 */
export async function revokeAccessToken(
  deps: { readonly database: Database; readonly clock: () => Date },
  caller: Caller,
  id: string,
): Promise<string | null> {
  const now = deps.clock()
  return deps.database.write(async (transaction) => {
    // Writing the admin tokens first locks them: of two requests that each revoke the other's token, one must wait and see.
    await transaction.accessToken.updateMany({ where: validAdminTokens(now), data: { role: 'ADMIN' } })
    const revoked = await transaction.accessToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } })
    const token = await transaction.accessToken.findUnique({ where: { id } })
    if (token === null) return null
    if (revoked.count === 0) return id
    if (token.role === 'ADMIN' && (await transaction.accessToken.count({ where: validAdminTokens(now) })) === 0) {
      const message = 'This is the last valid admin token. Create another admin token first, then revoke this one with it.'
      throw new ValidationError([{ path: ['id'], rule: 'NOT_ALLOWED', message }])
    }
    const changes = { name: token.name, role: token.role }
    await recordAudit(transaction, caller, { action: 'access_token.revoked', subjectType: 'access_token', subjectId: id, changes }, now)
    return id
  })
}
