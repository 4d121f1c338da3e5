import { Fault } from '../errors.ts'
import { toUnavailable } from './failures.ts'

/** Lets writers in, a few at once, in the order in which they came. */
export interface WriteTurns {
  /**
   * Runs `work` when its turn has come. A writer waits for as long as those before it get on, and gives up when none of them
   * has ended well for the time that it is ready to wait.
   * @throws Fault SERVICE_UNAVAILABLE then, without running `work`.
   */
  take<T>(work: () => Promise<T>): Promise<T>
}

/**
 * Writers wait here, not in the pool: those that wait for each other's rows would take all its connections from the reads,
 * and their patience would begin to run out while everything goes well.
 */
export function createWriteTurns(slots: number, patienceMs: number): WriteTurns {
  const waiting: (() => void)[] = []
  let free = slots
  let lastEnd = 0

  function enter(): Promise<void> {
    if (free > 0) {
      free -= 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const came = performance.now()
      const goOn = () => {
        clearTimeout(timer)
        resolve()
      }
      const lookAgain = () => {
        const leftMs = Math.max(came, lastEnd) + patienceMs - performance.now()
        if (leftMs > 0) {
          timer = setTimeout(lookAgain, leftMs)
          return
        }
        waiting.splice(waiting.indexOf(goOn), 1)
        reject(new Fault('SERVICE_UNAVAILABLE', 'The database is busy. Try again in a moment.', { retryAfterSeconds: 1 }))
      }
      let timer = setTimeout(lookAgain, patienceMs)
      waiting.push(goOn)
    })
  }

  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }

  return {
    async take(work) {
      await enter()
      try {
        const result = await work()
        lastEnd = performance.now()
        return result
      } catch (error) {
        // A refusal by a rule has got on as well; only what the database refused has not.
        if (toUnavailable(error) === error && !(error instanceof Fault)) lastEnd = performance.now()
        throw error
      } finally {
        leave()
      }
    },
  }
}
