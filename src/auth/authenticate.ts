import type { Database } from '../database/client.ts'
import type { Principal } from './principal.ts'
import { sameDigest, type TokenDigest } from './token.ts'

/** Why a presented token is refused. Answers must not tell `unknown` from `wrong` to whoever guesses tokens. */
export type TokenRefusal = 'unknown' | 'expired' | 'revoked'

export interface ValidToken {
  readonly principal: Principal
  /** Null for a token that does not expire. */
  readonly expiresAt: Date | null
}

export type Authentication =
  | ValidToken
  | {
      readonly refusal: TokenRefusal
      /** When the token stopped working, if that is why: whoever holds the whole token may know. */
      readonly expiredAt: Date | null
    }

/** A digest that no token has: comparing with it makes an unknown id take the time of a known one. */
const NOBODY = '0'.repeat(64)

/** Finds out whose token this is. One indexed read, whatever the answer. */
export async function authenticate(database: Database, digest: TokenDigest, now: Date): Promise<Authentication> {
  const row = await database.prisma.accessToken.findUnique({ where: { lookupId: digest.lookupId } })
  const proven = sameDigest(digest.secretHash, row?.secretHash ?? NOBODY)
  if (row === null || !proven) return { refusal: 'unknown', expiredAt: null }
  if (row.revokedAt !== null) return { refusal: 'revoked', expiredAt: null }
  if (row.expiresAt !== null && row.expiresAt <= now) return { refusal: 'expired', expiredAt: row.expiresAt }
  return { principal: { tokenId: row.id, tokenName: row.name, role: row.role }, expiresAt: row.expiresAt }
}
