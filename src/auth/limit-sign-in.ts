import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Fault } from '../errors.ts'
import type { ClientAddressOf } from './client-address.ts'
import type { SignIn } from './sign-in.ts'

export interface SignInLimits {
  /** Requests that one token may send; zero for any number. */
  readonly requestsPerMinute: number
  /** Wrong tokens that may come from one address; zero for any number. */
  readonly failuresPerMinute: number
  readonly addressOf: ClientAddressOf
}

const WINDOW_SECONDS = 60

/**
 * Signs in, and counts: the requests of each token, and the wrong tokens of each address, in windows of a minute from the
 * first one. A missing token is no failure, and a right one gets in from wherever. Counted in this process alone.
 * @throws Fault RATE_LIMITED, with the seconds until the window ends.
 */
export function limitSignIn(signIn: SignIn, { requestsPerMinute, failuresPerMinute, addressOf }: SignInLimits): SignIn {
  const requests = counter(requestsPerMinute)
  const failures = counter(failuresPerMinute)
  return async (request, token) => {
    const signedIn = await signIn(request, token)
    if ('principal' in signedIn) {
      if (requests !== null) await take(requests, signedIn.principal.tokenId, 'This token has sent too many requests.')
    } else if (failures !== null && signedIn.reason !== 'missing')
      await take(failures, addressOf(request), 'Too many wrong access tokens came from this address.')
    return signedIn
  }
}

function counter(perMinute: number): RateLimiterMemory | null {
  return perMinute === 0 ? null : new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS })
}

async function take(limiter: RateLimiterMemory, key: string, message: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000))
    throw new Fault('RATE_LIMITED', `${message} Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })
  }
}
