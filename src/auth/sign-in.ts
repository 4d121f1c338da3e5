import type { IncomingMessage } from 'node:http'
import type { Database } from '../database/client.ts'
import { authenticate, type TokenRefusal } from './authenticate.ts'
import { presentedToken } from './presented-token.ts'
import type { Principal } from './principal.ts'
import type { TokenUsage } from './token-usage.ts'

/** Why a request does not get in, for each API to say in its own words. */
export interface SignInRefusal {
  readonly reason: TokenRefusal | 'missing'
  /** The refused token; null when none was sent. Its shape may be told, never its text. */
  readonly token: string | null
  readonly expiredAt: Date | null
}

/** Finds out who sent a request. */
export type SignIn = (request: IncomingMessage) => Promise<{ readonly principal: Principal } | SignInRefusal>

/** The one door for every API: reads the token from the headers, and remembers when it was last used. */
export function createSignIn(database: Database, clock: () => Date, tokenUsage: TokenUsage): SignIn {
  return async (request) => {
    const token = presentedToken(request.headers)
    if (token === null) return { reason: 'missing', token, expiredAt: null }
    const now = clock()
    const result = await authenticate(database, token, now)
    if ('refusal' in result) return { reason: result.refusal, token, expiredAt: result.expiredAt }
    tokenUsage.record(result.principal.tokenId, now)
    return result
  }
}
