import type { CallScope } from '../auth/call-scope.ts'
import { neverBack } from '../routes/never-back.ts'
import { PROVIDER_TYPES, type ProviderType } from '../upstream/vendors/provider-type.ts'
import type { AcceptedCall } from './accepted-call.ts'
import { CallError } from './error-codes.ts'
import type { ProviderForCall } from './provider-for-call.ts'

export interface CallLimitSettings {
  /** Calls that one token may have under way; zero for any number. */
  readonly perToken: number
  /** Calls that may be under way to one provider; zero for any number. */
  readonly perProvider: number
}

/** Knows what tokens have used. */
export interface TokenBudgets {
  /** Whether a token has used fewer input and output tokens since the beginning of the day of UTC, at all replicas. */
  hasTokensLeft(tokenId: string, perDay: number): Promise<boolean>
}

/** The window in which the calls of a token are counted. */
interface Window {
  endsAt: number
  calls: number
}

const WINDOW_MS = 60_000
const DAY_MS = 86_400_000
const BUSY_WAIT_MS = 1_000
/** Windows that are over are looked for when there are this many. */
const MANY_WINDOWS = 10_000

/**
 * Counts calls: those under way for each token and provider, and those of each token in a minute, which are counted in this process
 * alone, and its tokens of a day, which are not.
 */
export class CallLimits {
  readonly #settings: CallLimitSettings
  readonly #clock: () => number
  readonly #now: () => number
  readonly #budgets: TokenBudgets
  readonly #ofTokens = new Map<string, number>()
  readonly #ofProviders = new Map<string, number>()
  readonly #ofTypes = new Map<ProviderType, number>(PROVIDER_TYPES.map((type) => [type, 0]))
  readonly #windows = new Map<string, Window>()

  /** @param clock milliseconds since 1970. */
  constructor(settings: CallLimitSettings, budgets: TokenBudgets, clock: () => number) {
    this.#settings = settings
    this.#budgets = budgets
    this.#clock = clock
    this.#now = neverBack(clock)
  }

  /**
   * A call begins. @returns what ends it.
   * @throws CallError `concurrency_limit`.
   */
  begin(tokenId: string, { id: providerId, type }: Pick<ProviderForCall, 'id' | 'type'>): () => void {
    const { perToken, perProvider } = this.#settings
    if (isFull(this.#ofTokens, tokenId, perToken)) throw busy('This token has too many calls in progress. Wait for one to end.')
    if (isFull(this.#ofProviders, providerId, perProvider))
      throw busy('Too many calls to this provider are in progress. Try again in a second.')
    count(this.#ofTokens, tokenId, 1)
    count(this.#ofProviders, providerId, 1)
    this.#ofTypes.set(type, (this.#ofTypes.get(type) ?? 0) + 1)
    return () => {
      count(this.#ofTokens, tokenId, -1)
      count(this.#ofProviders, providerId, -1)
      this.#ofTypes.set(type, (this.#ofTypes.get(type) ?? 0) - 1)
    }
  }

  /** Calls under way now, by the type of their provider. */
  get inFlight(): ReadonlyMap<ProviderType, number> {
    return this.#ofTypes
  }

  /**
   * Lets one call of a token in, by the limits of its scope.
   * @throws CallError `token_rate_limited`, `token_budget_exhausted`.
   */
  async admit(tokenId: string, { requestsPerMinute, tokensPerDay }: CallScope): Promise<void> {
    this.#countCall(tokenId, requestsPerMinute)
    if (tokensPerDay === null || (await this.#budgets.hasTokensLeft(tokenId, tokensPerDay))) return
    const retryAfterMs = DAY_MS - (this.#clock() % DAY_MS)
    const message = `This token has used its ${tokensPerDay.toLocaleString('en')} tokens of this day. The next day begins at 00:00 UTC.`
    throw new CallError('token_budget_exhausted', message, { retryAfterMs })
  }

  /** In windows of a minute from the first call. @param perMinute null for any number. */
  #countCall(tokenId: string, perMinute: number | null): void {
    if (perMinute === null) return
    const now = this.#now()
    const known = this.#windows.get(tokenId)
    const window = known !== undefined && known.endsAt > now ? known : { endsAt: now + WINDOW_MS, calls: 0 }
    if (window.calls >= perMinute) {
      const retryAfterMs = window.endsAt - now
      throw new CallError('token_rate_limited', `This token may make ${perMinute} calls per minute.`, { retryAfterMs })
    }
    window.calls += 1
    if (window !== known) this.#keep(tokenId, window, now)
  }

  #keep(tokenId: string, window: Window, now: number): void {
    if (this.#windows.size >= MANY_WINDOWS) for (const [id, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(id)
    this.#windows.set(tokenId, window)
  }
}

/** Ends a call when its answer is taken: until then nobody knows what it has used, and callers who take none could begin any number. */
export function endOnceTaken({ relay, caller }: Pick<AcceptedCall, 'relay' | 'caller'>, end: () => void): void {
  if (relay.hasBegun) void caller.over.then(end)
  else end()
}

function isFull(counts: ReadonlyMap<string, number>, id: string, limit: number): boolean {
  return limit > 0 && (counts.get(id) ?? 0) >= limit
}

function count(counts: Map<string, number>, id: string, change: 1 | -1): void {
  const next = (counts.get(id) ?? 0) + change
  if (next === 0) counts.delete(id)
  else counts.set(id, next)
}

function busy(message: string): CallError {
  return new CallError('concurrency_limit', message, { retryAfterMs: BUSY_WAIT_MS })
}
