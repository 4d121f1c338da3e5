import type { IncomingMessage, ServerResponse } from 'node:http'

/** Whether the caller still waits for its answer. */
export class CallerPresence {
  #isGone = false
  #onGone: (() => void) | null = null

  constructor(request: IncomingMessage, response: ServerResponse) {
    const leave = () => {
      if (this.#isGone || response.writableFinished) return
      this.#isGone = true
      this.#onGone?.()
    }
    response.once('close', leave)
    // A request that was sent behind another one on the same connection has a response that hears of no close yet.
    if (response.socket === null) request.socket.once('close', leave)
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
