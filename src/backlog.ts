/** How long work waits for more of its kind, in milliseconds, and how much of it waits at most. */
const WAIT_MS = 20
const MOST_WAITING = 64

/** Small work that nobody waits for: what is counted and written down of a request when it is over. */
export interface Backlog {
  /** Does this some milliseconds later, behind what was added before. It should not throw: what waits behind it then waits longer. */
  add(work: () => void): void
  /** Does now what waits, for whoever needs its effect. */
  settle(): void
}

/**
 * Does work of many requests in a row. Between the steps of two requests the same work takes three times as long, because code and data
 * that it needs are no longer in the processor's caches.
 */
export function createBacklog(): Backlog {
  let waiting: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  const settle = () => {
    clearTimeout(timer)
    timer = undefined
    const works = waiting
    waiting = []
    let begun = 0
    try {
      for (const work of works) {
        begun += 1
        work()
      }
    } finally {
      waiting.unshift(...works.slice(begun))
    }
  }
  return {
    add: (work) => {
      waiting.push(work)
      if (waiting.length >= MOST_WAITING) settle()
      else timer ??= setTimeout(settle, WAIT_MS)
    },
    settle,
  }
}
