import type { ServerResponse } from 'node:http'
import { onceClosed } from '../http/once-closed.ts'

/** Whether the caller still waits for its answer. */
export class CallerPresence {
  #isGone = false
  #onGone: (() => void) | null = null
  /** Settles when the caller has the whole answer, or is gone. */
  readonly over: Promise<void>

  constructor(response: ServerResponse) {
    this.over = new Promise((resolve) => {
      onceClosed(response, () => {
        resolve()
        if (response.writableFinished) return
        this.#isGone = true
        this.#onGone?.()
      })
    })
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** Runs `end` as soon as the caller is gone; null for nothing more to end. One thing at a time is under way. */
  endWhenGone(end: (() => void) | null): void {
    this.#onGone = end
    if (this.#isGone) end?.()
  }
}
