import type { ModelCall } from '../generated/prisma-sqlite/client.ts'

/**
 * Nobody must be able to fill the disk by asking for what is refused: of a token so many such calls of a minute are kept each by itself.
 * All are in the sums.
 */
const KEPT_PER_MINUTE = 60
const MINUTE_MS = 60_000

export class KeptRefusals {
  #minute = 0
  readonly #counts = new Map<string, number>()

  /** Whether a call is kept by itself. Asked once for each. */
  takes({ outcome, callerId, startedAt }: Pick<ModelCall, 'outcome' | 'callerId' | 'startedAt'>): boolean {
    if (outcome !== 'REFUSED_BY_GATEWAY') return true
    const minute = Math.floor(startedAt.getTime() / MINUTE_MS)
    // A call that took longer belongs to the minute that has begun meanwhile.
    if (minute > this.#minute) {
      this.#counts.clear()
      this.#minute = minute
    }
    const count = (this.#counts.get(callerId) ?? 0) + 1
    this.#counts.set(callerId, count)
    return count <= KEPT_PER_MINUTE
  }
}
