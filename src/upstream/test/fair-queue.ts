/** Who waits: places are shared out among tokens, not among waiters. */
export interface Waiting {
  readonly token: string
  /** Ends the wait when the client has left. */
  readonly left: AbortSignal
}

/** Places for which tokens wait in a round: a token that starts a thousand tests delays its own, not those of others. */
export interface FairQueue {
  /** Waits for a place, at most `waitMs` milliseconds; false when none became free, or the client left. */
  enter(waiting: Waiting, waitMs: number): Promise<boolean>
  leave(token: string): void
  isIdle(): boolean
}

/** @param perToken How many of the places one token may hold, so that others find one at once. */
export function createFairQueue(slots: number, perToken: number = slots): FairQueue {
  /** By token, the one whose turn is next first. */
  const round = new Map<string, (() => void)[]>()
  const held = new Map<string, number>()
  let free = slots

  const mayHold = (token: string) => free > 0 && (held.get(token) ?? 0) < perToken
  const take = (token: string) => {
    free -= 1
    held.set(token, (held.get(token) ?? 0) + 1)
  }

  /** A place that is handed on is never free in between, so nobody overtakes those who wait. */
  function giveNext(): void {
    const turn = [...round].find(([token]) => mayHold(token))
    if (turn === undefined) return
    const [token, waiters] = turn
    const next = waiters.shift()
    round.delete(token)
    if (waiters.length > 0) round.set(token, waiters)
    take(token)
    next?.()
  }

  function wait({ token, left }: Waiting, waitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (hasSlot: boolean) => {
        clearTimeout(timer)
        left.removeEventListener('abort', giveUp)
        resolve(hasSlot)
      }
      const enter = () => end(true)
      const giveUp = () => {
        const others = (round.get(token) ?? []).filter((one) => one !== enter)
        if (others.length > 0) round.set(token, others)
        else round.delete(token)
        end(false)
      }
      const timer = setTimeout(giveUp, waitMs)
      left.addEventListener('abort', giveUp, { once: true })
      round.set(token, [...(round.get(token) ?? []), enter])
    })
  }

  return {
    async enter(waiting, waitMs) {
      if (waiting.left.aborted) return false
      // Whoever waits for a place that is free has its share already: nobody is overtaken.
      if (!mayHold(waiting.token)) return wait(waiting, waitMs)
      take(waiting.token)
      return true
    },
    leave(token) {
      free += 1
      const rest = (held.get(token) ?? 0) - 1
      if (rest > 0) held.set(token, rest)
      else held.delete(token)
      giveNext()
    },
    isIdle: () => free === slots && round.size === 0,
  }
}
