import type { CallListener, CallPool, OutgoingCall, RunningCall } from '../upstream/client/call-pool.ts'
import type { CallFailure } from '../upstream/client/pooled-call.ts'

/** A refusal of the vendor, or its 304, held until it is decided what becomes of it. */
export interface HeldAnswer {
  readonly status: number
  /** Name and value in turns. */
  readonly headers: readonly string[]
  /** What has come of the body. */
  readonly body: Buffer
  /** Whether that is all of it. */
  readonly isWhole: boolean
}

/** What an attempt came to: an answer that has begun to reach the caller, one that is held, or none. */
export type AttemptResult =
  | { readonly kind: 'relayed'; readonly status: number }
  | { readonly kind: 'held'; readonly answer: HeldAnswer }
  | { readonly kind: 'failed'; readonly failure: CallFailure }
  /** We ended it ourselves. */
  | { readonly kind: 'aborted' }

/** How an answer that reached the caller has ended. */
export type AnswerEnd = CallFailure | 'whole' | 'aborted'

/** Takes the answer that goes to the caller. */
export interface AnswerTarget {
  begin(status: number, headers: readonly string[], source: RunningCall): void
  write(chunk: Buffer): void
  end(): void
}

/** Of a refusal this much is held. */
const MAX_HELD_BYTES = 65_536
/** And this long: what becomes of a refusal that drips is decided by what has come. */
const MAX_HELD_MS = 5_000

/**
 * One request to the vendor. A good answer begins to reach the caller in the turn in which it comes, without waiting for a
 * promise; a refusal is held.
 */
export class Attempt implements CallListener {
  /** Settles once: when it is clear what the attempt came to. */
  readonly result: Promise<AttemptResult>
  /** Settles when an answer that reaches the caller has ended. */
  readonly done: Promise<AnswerEnd>
  readonly #target: AnswerTarget
  readonly #running: RunningCall
  #phase: 'waiting' | 'holding' | 'relaying' | 'over' = 'waiting'
  #head: { readonly status: number; readonly headers: readonly string[] } = { status: 0, headers: [] }
  #held: Buffer[] = []
  #heldBytes = 0
  #timer: NodeJS.Timeout | undefined
  /** How the answer ended while it was held; null when it has not. */
  #end: CallFailure | 'whole' | null = null
  #tellResult: (result: AttemptResult) => void = () => {}
  #tellDone: (end: AnswerEnd) => void = () => {}
  readonly onRepeat: () => void

  /** @param onRepeat is told when the request is written again, because its connection was found closed. */
  constructor(pool: CallPool, call: OutgoingCall, target: AnswerTarget, onRepeat: () => void) {
    this.#target = target
    this.onRepeat = onRepeat
    this.result = new Promise((resolve) => {
      this.#tellResult = resolve
    })
    this.done = new Promise((resolve) => {
      this.#tellDone = resolve
    })
    this.#running = pool.send(call, this)
  }

  /** Ends the attempt at once. */
  abort(): void {
    clearTimeout(this.#timer)
    this.#phase = 'over'
    this.#running.abort()
    this.#tellResult({ kind: 'aborted' })
    this.#tellDone('aborted')
  }

  /** Ends the attempt when the answer takes longer. */
  abortAfter(ms: number): void {
    this.#timer = setTimeout(() => this.abort(), ms)
    this.#timer.unref()
  }

  /** Why the held answer, of which nothing has reached the caller, is not whole; null when it is, or still comes. */
  get brokenBy(): CallFailure | null {
    return this.#end === 'whole' ? null : this.#end
  }

  /** Lets the held answer reach the caller under these headers. */
  handOn(status: number, headers: readonly string[]): void {
    this.#phase = 'relaying'
    this.#target.begin(status, headers, this.#running)
    for (const chunk of this.#held) this.#target.write(chunk)
    this.#held = []
    if (this.#end === null) this.#running.resume()
    else this.#finish(this.#end)
  }

  /** Drops the held answer. Its connection is used again when the answer has ended. */
  drop(): void {
    if (this.#end === null) this.abort()
    this.#phase = 'over'
  }

  onHead(status: number, headers: readonly string[]): void {
    this.#head = { status, headers }
    if (status < 300) {
      this.#phase = 'relaying'
      this.#target.begin(status, headers, this.#running)
      this.#tellResult({ kind: 'relayed', status })
      return
    }
    this.#phase = 'holding'
    this.#timer = setTimeout(() => this.#decide(), MAX_HELD_MS)
  }

  onData(chunk: Buffer): void {
    if (this.#phase === 'relaying') return void this.#target.write(chunk)
    if (this.#phase !== 'holding') return
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes > MAX_HELD_BYTES) this.#decide()
  }

  onEnd(): void {
    if (this.#phase === 'relaying') return void this.#finish('whole')
    this.#end = 'whole'
    this.#decide()
  }

  onFailure(failure: CallFailure): void {
    if (this.#phase === 'relaying') return void this.#finish(failure)
    if (this.#phase === 'waiting') {
      this.#phase = 'over'
      return void this.#tellResult({ kind: 'failed', failure })
    }
    this.#end = failure
    this.#decide()
  }

  #decide(): void {
    clearTimeout(this.#timer)
    if (this.#end === null) this.#running.pause()
    const body = this.#held.length === 1 ? (this.#held[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#held)
    this.#tellResult({ kind: 'held', answer: { ...this.#head, body, isWhole: this.#end === 'whole' } })
  }

  #finish(end: AnswerEnd): void {
    clearTimeout(this.#timer)
    this.#phase = 'over'
    if (end === 'whole') this.#target.end()
    this.#tellDone(end)
  }
}
