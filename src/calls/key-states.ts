import { neverBack } from '../routes/never-back.ts'
import type { KeyForCall } from './provider-for-call.ts'

/** Why a key takes no calls for a while. */
export type RestingState = 'COOLING' | 'EXHAUSTED' | 'REFUSED'

/** What calls have found out about a key, in this process. */
export interface KeyAvailability {
  readonly state: 'READY' | 'DISABLED' | RestingState
  /** When it is tried again, in milliseconds since 1970; null when it is ready, or disabled. */
  readonly until: number | null
  readonly reason: string | null
  readonly inFlight: number
}

/** Whether a key can take a call now. `probe`: its rest is over, and one call at a time may find out whether it works again. */
export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'probe' }
  | { readonly kind: 'resting'; readonly state: RestingState; readonly waitMs: number }

/** A time without calls, which ends with a call that succeeds. */
interface Rest {
  state: RestingState
  until: number
  /** How often in a row it began. */
  strikes: number
  reason: string
  /** When the latest call began that finds out whether it is over; null when none is under way. */
  probedAt: number | null
}

interface Entry {
  readonly edition: string
  rest: Rest | null
  readonly models: Map<string, Rest>
  inFlight: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const FIRST_REST_MS: Readonly<Record<RestingState, number>> = { COOLING: MINUTE_MS, EXHAUSTED: 10 * MINUTE_MS, REFUSED: MINUTE_MS }
/** How long callers wait for somebody else's probe. */
const PROBE_WAIT_MS = 1_000
/** A call that finds nothing out for this long leaves the place to another one: a model may think, or a caller upload, for minutes. */
const LONGEST_PROBE_MS = 10_000
/** A key rests for this many models apart at most. */
const MAX_MODELS = 100
/** Beyond this many keys, what is known longest is forgotten. */
const MAX_KEYS = 100_000

/** What is known of each key, in memory: another process finds out for itself. */
export class KeyStates {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: () => number
  readonly #now: () => number

  /** @param clock milliseconds since 1970. */
  constructor(clock: () => number) {
    this.#clock = clock
    this.#now = neverBack(clock)
  }

  readiness(key: Pick<KeyForCall, 'id' | 'edition'>, model: string | null): Readiness {
    const entry = this.#entries.get(key.id)
    if (entry === undefined || entry.edition !== key.edition) return { kind: 'ready' }
    const rests = restsOf(entry, model)
    if (rests.length === 0) return { kind: 'ready' }
    const now = this.#now()
    const longest = rests.reduce((one, other) => (waitOf(other, now) > waitOf(one, now) ? other : one))
    const waitMs = waitOf(longest, now)
    return waitMs > 0 ? { kind: 'resting', state: longest.state, waitMs } : { kind: 'probe' }
  }

  /** A call begins with this key. */
  begin(key: Pick<KeyForCall, 'id' | 'edition'>, model: string | null): KeyUse {
    const entry = this.#entryOf(key)
    const probed = restsOf(entry, model)
    for (const rest of probed) rest.probedAt = this.#now()
    entry.inFlight += 1
    return new KeyUse(entry, probed, model, this.#now)
  }

  /** The keys that rest, or have not shown yet that their rest is over; those too that were changed meanwhile. */
  restingIds(): string[] {
    return [...this.#entries].flatMap(([id, { rest, models }]) => (rest === null && models.size === 0 ? [] : [id]))
  }

  /** What `ApiKey.availability` shows. */
  availabilityOf(key: Pick<KeyForCall, 'id' | 'edition' | 'enabled'>): KeyAvailability {
    const entry = this.#entries.get(key.id)
    const isKnown = entry !== undefined && entry.edition === key.edition
    const inFlight = isKnown ? entry.inFlight : 0
    if (!key.enabled) return { state: 'DISABLED', until: null, reason: null, inFlight }
    const rests = isKnown ? [...(entry.rest === null ? [] : [entry.rest]), ...entry.models.values()] : []
    const [first, ...others] = rests
    if (first === undefined) return { state: 'READY', until: null, reason: null, inFlight }
    const shown = entry?.rest ?? others.reduce((one, other) => (other.until > one.until ? other : one), first)
    return { state: shown.state, until: shown.until - this.#now() + this.#clock(), reason: shown.reason, inFlight }
  }

  #entryOf({ id, edition }: Pick<KeyForCall, 'id' | 'edition'>): Entry {
    const known = this.#entries.get(id)
    if (known !== undefined && known.edition === edition) return known
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size >= MAX_KEYS) this.#entries.delete(oldest)
    const entry: Entry = { edition, rest: null, models: new Map(), inFlight: 0 }
    this.#entries.set(id, entry)
    return entry
  }
}

/** One call with one key. What it finds out is told once; `end` gives the key back, whatever was found. */
export class KeyUse {
  readonly #entry: Entry
  readonly #probed: readonly Rest[]
  readonly #model: string | null
  readonly #now: () => number
  #isOver = false

  constructor(entry: Entry, probed: readonly Rest[], model: string | null, now: () => number) {
    this.#entry = entry
    this.#probed = probed
    this.#model = model
    this.#now = now
  }

  /** The vendor took the key: rests that this call has probed are over. Later ones, which other calls have begun, are not. */
  works(): void {
    const { models } = this.#entry
    if (this.#entry.rest !== null && this.#probed.includes(this.#entry.rest)) this.#entry.rest = null
    for (const [model, rest] of models) if (this.#probed.includes(rest)) models.delete(model)
    this.#release()
  }

  /** @param waitMs how long the vendor says; null when it does not. @param reach whether it rests for the model of the call alone. */
  rests(state: RestingState, reason: string, waitMs: number | null, reach: 'key' | 'model' = state === 'COOLING' ? 'model' : 'key'): void {
    const model = reach === 'model' ? this.#model : null
    const known = model === null ? this.#entry.rest : (this.#entry.models.get(model) ?? null)
    const until = this.#now() + Math.min(waitMs ?? this.#lengthOf(state, known), HOUR_MS)
    const strikes = this.#strikesAfter(state, known)
    // Of two deadlines the later one counts: a vendor counts on, and another call may have heard more.
    const isSame = known !== null && known.state === state
    const rest: Rest = { state, until: isSame ? Math.max(known.until, until) : until, strikes, reason, probedAt: null }
    if (model === null) this.#entry.rest = rest
    else keepAtMost(this.#entry.models.set(model, rest), MAX_MODELS)
    this.#release()
  }

  /** The call is over. A probe that found nothing out leaves the place to the next one. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#entry.inFlight -= 1
    this.#release()
  }

  #release(): void {
    for (const rest of this.#probed) rest.probedAt = null
  }

  /** Callers who left together hear the same refusal: that is one strike. */
  #strikesAfter(state: RestingState, known: Rest | null): number {
    if (known === null || known.state !== state) return 1
    return this.#probed.includes(known) ? known.strikes + 1 : known.strikes
  }

  #lengthOf(state: RestingState, known: Rest | null): number {
    const first = FIRST_REST_MS[state]
    return state === 'COOLING' ? first : first * 2 ** (this.#strikesAfter(state, known) - 1)
  }
}

function restsOf({ rest, models }: Entry, model: string | null): Rest[] {
  const ofModel = model === null ? undefined : models.get(model)
  return [...(rest === null ? [] : [rest]), ...(ofModel === undefined ? [] : [ofModel])]
}

function waitOf({ until, probedAt }: Rest, now: number): number {
  if (until > now) return until - now
  return probedAt !== null && now - probedAt < LONGEST_PROBE_MS ? PROBE_WAIT_MS : 0
}

function keepAtMost(map: Map<string, Rest>, limit: number): void {
  const [oldest] = map.keys()
  if (map.size > limit && oldest !== undefined) map.delete(oldest)
}
