import { neverBack } from './never-back.ts'

/** Whether a target takes calls. `probe`: its pause is over, and one call at a time may find out whether it works again. */
export type BreakerState = { readonly kind: 'closed' } | { readonly kind: 'probe' } | { readonly kind: 'open'; readonly waitMs: number }

interface Entry {
  /** When calls failed, the latest ones. */
  failures: number[]
  /** When the pause ends; null while there is none. */
  openUntil: number | null
  /** When the latest call began that finds out whether it works again; null when none is under way. */
  probedAt: number | null
}

/** So many failures within so long begin a pause of so long. */
const FAILURES = 5
const WINDOW_MS = 10_000
const OPEN_MS = 30_000
/** How long callers wait for somebody else's probe. */
const PROBE_WAIT_MS = 1_000
/** A call that finds nothing out for this long leaves the place to another one: streams go on for minutes. */
const LONGEST_PROBE_MS = 10_000
/** Targets that fail; beyond, the oldest is forgotten. */
const MAX_ENTRIES = 10_000

const CLOSED = { kind: 'closed' } as const

/** Keeps calls of routes from targets that fail, in this process: another one finds out for itself. */
export class Breakers {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number

  /** @param now milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = neverBack(now)
  }

  state(providerId: string, model: string): BreakerState {
    const { openUntil, probedAt } = this.#entries.get(keyOf(providerId, model)) ?? { openUntil: null, probedAt: null }
    if (openUntil === null) return CLOSED
    const now = this.#now()
    if (openUntil > now) return { kind: 'open', waitMs: openUntil - now }
    const isProbed = probedAt !== null && now - probedAt < LONGEST_PROBE_MS
    return isProbed ? { kind: 'open', waitMs: PROBE_WAIT_MS } : { kind: 'probe' }
  }

  /** A call of the target begins. What it finds out is told once, or `end` says that it found nothing out. */
  begin(providerId: string, model: string): BreakerUse {
    const key = keyOf(providerId, model)
    const entry = this.#entries.get(key)
    const isProbe = this.state(providerId, model).kind === 'probe'
    if (entry !== undefined && isProbe) entry.probedAt = this.#now()
    const release = () => {
      if (entry !== undefined && isProbe) entry.probedAt = null
    }
    return {
      works: () => {
        release()
        // Calls that were under way when the pause began do not end it.
        if (isProbe || this.#entries.get(key)?.openUntil === null) this.#entries.delete(key)
      },
      fails: () => {
        release()
        this.#fail(key, isProbe)
      },
      end: release,
    }
  }

  #fail(key: string, isProbe: boolean): void {
    const now = this.#now()
    const entry = this.#entries.get(key) ?? { failures: [], openUntil: null, probedAt: null }
    if (entry.openUntil !== null) {
      if (isProbe) entry.openUntil = now + OPEN_MS
      return
    }
    entry.failures = [...entry.failures.filter((at) => at > now - WINDOW_MS), now].slice(-FAILURES)
    if (entry.failures.length >= FAILURES) entry.openUntil = now + OPEN_MS
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size >= MAX_ENTRIES && !this.#entries.has(key)) this.#entries.delete(oldest)
    this.#entries.set(key, entry)
  }
}

/** One call of a target. */
export interface BreakerUse {
  works(): void
  fails(): void
  end(): void
}

function keyOf(providerId: string, model: string): string {
  return `${providerId} ${model}`
}
