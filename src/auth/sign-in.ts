import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import { authenticate, type TokenReader, type TokenRefusal, type ValidToken } from './authenticate.ts'
import { presentedToken } from './presented-token.ts'
import type { Principal } from './principal.ts'
import { digestToken } from './token.ts'

/** Why a request does not get in, for each API to say in its own words. */
export interface SignInRefusal {
  readonly reason: TokenRefusal | 'missing'
  /** The refused token; null when none was sent. Its shape may be told, never its text. */
  readonly token: string | null
  readonly expiredAt: Date | null
}

export interface SignedIn {
  readonly principal: Principal
  /** The state of the data in which the token was found valid, after the request had come; null when nobody asked for it. */
  readonly state: number | null
}

/**
 * Finds out who sent a request.
 * @param token what it brought, where that stands elsewhere than usual.
 */
export type SignIn = (request: IncomingMessage, token?: string) => Promise<SignedIn | SignInRefusal>

/** Remembers when tokens were last used. */
export interface TokenUsage {
  record(tokenId: string, at: Date): void
}

export interface SignInOptions extends TokenReader {
  readonly clock: () => Date
  readonly tokenUsage: TokenUsage
  /** Where a token may come besides `Authorization`. */
  readonly tokenHeaders: readonly string[]
  /** Whether a token may be known from memory, in the very state of the data in which it was found valid. */
  readonly remember: boolean
  /** Is told the id of a token whose row does not verify, each time that it is refused. */
  readonly onUnverified: (tokenId: string) => void
}

const MAX_REMEMBERED = 1_000

/**
 * Signs in the callers of every API: reads the token from the headers, and remembers when it was last used. A token that was
 * revoked, by whichever process, is refused at once: the state of the data is asked for at each request, and a
 * remembered token counts in no other one. Whether it has expired is looked at each time.
 */
export function createSignIn({ database, keyring, clock, tokenUsage, tokenHeaders, remember, onUnverified }: SignInOptions): SignIn {
  const remembered = new LRUCache<string, { readonly state: number; readonly valid: ValidToken }>({ max: MAX_REMEMBERED })
  return async (request, given) => {
    const token = given ?? presentedToken(request.headers, tokenHeaders)
    if (token === null) return { reason: 'missing', token, expiredAt: null }
    const state = remember ? await database.currentState() : null
    const now = clock()
    const digest = digestToken(token)
    // Not the token itself: its digest is what the database knows as well.
    const key = `${digest.lookupId}.${digest.secretDigest}`
    const known = remembered.get(key)
    if (known !== undefined && known.state === state && !hasExpired(known.valid, now)) {
      tokenUsage.record(known.valid.principal.tokenId, now)
      return { principal: known.valid.principal, state }
    }
    const result = await authenticate({ database, keyring }, digest, now)
    if ('refusal' in result && result.unverifiedId !== null) onUnverified(result.unverifiedId)
    if ('refusal' in result) return { reason: result.refusal, token, expiredAt: result.expiredAt }
    if (state !== null) remembered.set(key, { state, valid: result })
    tokenUsage.record(result.principal.tokenId, now)
    return { principal: result.principal, state }
  }
}

function hasExpired({ expiresAt }: ValidToken, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now
}
