import type { AcceptedCall } from './accepted-call.ts'
import { chooseKey } from './choose-key.ts'
import { CallError } from './error-codes.ts'
import type { KeyStates, RestingState } from './key-states.ts'
import type { KeyForCall } from './provider-for-call.ts'

export interface FailoverDeps {
  readonly states: KeyStates
  readonly random: () => number
}

/** Until somebody sets the provider's timeout: reasoning models think for minutes. */
const FIRST_BYTE_MS = 600_000
const MIN_FIRST_BYTE_MS = 1_000
const JITTER = 0.2

/** Decides which key a call is tried with next, and how often. */
export class Failover {
  readonly #call: AcceptedCall
  readonly #deps: FailoverDeps
  readonly #endsAt: number
  /** Keys that the vendor has refused in this call: each is tried once. */
  readonly #excluded = new Set<string>()
  /** Why it refused them: a rest that it asked for may be over by now. */
  readonly #refusals: RestingState[] = []
  /** The key of the latest attempt, which another try avoids when there is another one. */
  #latest: string | null = null
  #retries = 0
  #lastQuote: string | null = null
  /** Why the first of the keys that lead nowhere does not. */
  #unfit: CallError | null = null

  constructor(call: AcceptedCall, deps: FailoverDeps) {
    this.#call = call
    this.#deps = deps
    this.#endsAt = performance.now() + (call.provider.timeoutMs ?? FIRST_BYTE_MS)
  }

  /** @throws CallError when none is left. */
  nextKey(): KeyForCall {
    const others = this.#latest === null ? this.#excluded : new Set([...this.#excluded, this.#latest])
    const choice = this.#choose(others)
    const chosen = choice.kind === 'resting' && this.#latest !== null && this.#retries > 0 ? this.#choose(this.#excluded) : choice
    switch (chosen.kind) {
      case 'key':
        this.#latest = chosen.key.id
        return chosen.key
      case 'no key':
        throw new CallError('no_api_key', `The provider "${this.#call.provider.name}" has no enabled API key.`)
      case 'no key for the model':
        throw new CallError('no_api_key', `The provider "${this.#call.provider.name}" has no API key that may be used for this model.`)
      case 'resting':
        if (chosen.states.length + this.#refusals.length === 0 && this.#unfit !== null) throw this.#unfit
        throw this.#noneLeft(chosen.states, chosen.waitMs)
    }
  }

  /** The key is not tried again in this call. @param quote what the vendor said, without secrets. */
  exclude(key: KeyForCall, { state }: { readonly state: RestingState }, quote: string | null): void {
    this.#excluded.add(key.id)
    this.#refusals.push(state)
    // Of a refused key nothing is told.
    if (isLimit(state)) this.#lastQuote = quote
  }

  /** The call cannot be made with the key, which is no fault of the key. */
  skip(key: KeyForCall, reason: CallError): void {
    this.#excluded.add(key.id)
    this.#unfit ??= reason
  }

  /** What is left of the time until the first byte, in milliseconds. */
  firstByteMs(): number {
    return Math.max(MIN_FIRST_BYTE_MS, Math.round(this.#endsAt - performance.now()))
  }

  /** The pause before another try, in milliseconds; null when there is none: the tries, or the time, are used up. */
  pauseBeforeRetry(): number | null {
    const { provider, body } = this.#call
    if (this.#retries >= provider.maxRetries || body.kind === 'stream') return null
    const pauseMs = Math.min(provider.retryBackoffInitialMs * 2 ** this.#retries, provider.retryBackoffMaxMs)
    const withJitter = pauseMs * (1 + JITTER * (2 * this.#deps.random() - 1))
    if (performance.now() + withJitter >= this.#endsAt) return null
    this.#retries += 1
    return withJitter
  }

  #choose(tried: ReadonlySet<string>) {
    const { provider, model } = this.#call
    const { states, random } = this.#deps
    return chooseKey({ keys: provider.keys, model, states, tried, random })
  }

  #noneLeft(states: readonly RestingState[], waitMs: number): CallError {
    const rests = states.some(isLimit)
    if (rests || this.#refusals.some(isLimit)) {
      const said = this.#lastQuote === null ? '' : ` The provider said: "${this.#lastQuote}"`
      const message = `All API keys of the provider are limited for now.${said}`
      return new CallError('all_keys_rate_limited', message, { retryAfterMs: Math.max(1_000, rests ? waitMs : 0) })
    }
    return new CallError(
      'upstream_credentials_refused',
      "The provider refused every stored key. Ask the gateway's operator to store a valid one.",
    )
  }
}

function isLimit(state: RestingState): boolean {
  return state !== 'REFUSED'
}
