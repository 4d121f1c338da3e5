import type { Keyring } from '../crypto/keyring.ts'
import type { Database } from '../database/client.ts'
import { readCallScope } from './call-scope.ts'
import type { Principal } from './principal.ts'
import { sameDigest, type TokenDigest } from './token.ts'
import { isAuthentic } from './token-mac.ts'

/** Why a presented token is refused. Answers must not tell `unknown` from `wrong` to whoever guesses tokens. */
export type TokenRefusal = 'unknown' | 'expired' | 'revoked'

export interface ValidToken {
  readonly principal: Principal
  /** Null for a token that does not expire. */
  readonly expiresAt: Date | null
}

export interface RefusedToken {
  readonly refusal: TokenRefusal
  /** When the token stopped working, if that is why: whoever holds the whole token may know. */
  readonly expiredAt: Date | null
  /** The id of its row when the row does not verify: only the operator learns that. Null otherwise. */
  readonly unverifiedId: string | null
}

/** What tells a genuine token. */
export interface TokenReader {
  readonly database: Database
  readonly keyring: Keyring
}

/** A digest that no token has: comparing with it makes an unknown id take the time of a known one. */
const NOBODY = '0'.repeat(64)

/**
 * Finds out whose token this is. One indexed read, whatever the answer. A row that the gateway did not write as it is
 * belongs to nobody.
 */
export async function authenticate({ database, keyring }: TokenReader, digest: TokenDigest, now: Date): Promise<ValidToken | RefusedToken> {
  const row = await database.prisma.accessToken.findUnique({ where: { lookupId: digest.lookupId } })
  const proven = sameDigest(digest.secretDigest, row?.secretDigest ?? NOBODY)
  if (row === null || !proven) return refused('unknown')
  // Before the MAC: who revokes without the key leaves a row that does not verify.
  if (row.revokedAt !== null) return refused('revoked')
  if (!isAuthentic(keyring, row)) return { ...refused('unknown'), unverifiedId: row.id }
  if (row.expiresAt !== null && row.expiresAt <= now) return { ...refused('expired'), expiredAt: row.expiresAt }
  const { id: tokenId, name: tokenName, role, expiresAt } = row
  return { principal: { kind: 'TOKEN', tokenId, tokenName, role, calls: readCallScope(row.calls) }, expiresAt }
}

function refused(refusal: TokenRefusal): RefusedToken {
  return { refusal, expiredAt: null, unverifiedId: null }
}
