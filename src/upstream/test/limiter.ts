import type { Outcome } from './outcome.ts'

export interface LimiterSettings {
  /** Tests that may run at once, of all providers together. */
  readonly atOnce: number
  /** Tests of one provider's keys that run side by side. */
  readonly perProvider: number
  /** How long a test waits for its turn, in milliseconds. */
  readonly waitMs: number
}

const USUAL: LimiterSettings = { atOnce: 16, perProvider: 4, waitMs: 10_000 }

/** Keeps the gateway from being an amplifier of traffic, or a fast oracle for guessed keys. */
export interface TestLimiter {
  /**
   * Runs the tests of one provider, for example one for each of its keys: a few side by side, while no other run of the same
   * provider is under way. A test that waits too long for its turn is not run and answers RATE_LIMITED; the outcomes come
   * in the order of the tests.
   */
  run(providerId: string, tests: readonly (() => Promise<Outcome>)[]): Promise<Outcome[]>
  /** Whether a run of this provider is under way, so that another one would wait. */
  isRunning(providerId: string): boolean
}

/** A limiter with counts of its own; a process needs one. */
export function createTestLimiter(settings: Partial<LimiterSettings> = {}): TestLimiter {
  const { atOnce, perProvider, waitMs } = { ...USUAL, ...settings }
  const all = createQueue(atOnce)
  const providers = new Map<string, Queue>()

  async function runOne(test: () => Promise<Outcome>): Promise<Outcome> {
    if (!(await all.enter(waitMs))) return busy(waitMs)
    try {
      return await test()
    } finally {
      all.leave()
    }
  }

  return {
    isRunning: (providerId) => providers.has(providerId),
    async run(providerId, tests) {
      const queue = providers.get(providerId) ?? createQueue(1)
      providers.set(providerId, queue)
      if (!(await queue.enter(waitMs))) return tests.map(() => busy(waitMs))
      try {
        const deadline = performance.now() + waitMs
        // Keys of an upstream that hangs take seconds each: those whose turn has not come by then are told so.
        return await sideBySide(tests, perProvider, (test) => (performance.now() > deadline ? busy(waitMs) : runOne(test)))
      } finally {
        queue.leave()
        if (queue.isIdle()) providers.delete(providerId)
      }
    },
  }
}

interface Queue {
  /** Waits for a place, at most `waitMs` milliseconds; false when none became free. */
  enter(waitMs: number): Promise<boolean>
  leave(): void
  isIdle(): boolean
}

function createQueue(places: number): Queue {
  const waiting: (() => void)[] = []
  let free = places
  return {
    enter(waitMs) {
      if (free > 0) {
        free -= 1
        return Promise.resolve(true)
      }
      return new Promise((resolve) => {
        const giveUp = () => {
          waiting.splice(waiting.indexOf(takePlace), 1)
          resolve(false)
        }
        const timer = setTimeout(giveUp, waitMs)
        const takePlace = () => {
          clearTimeout(timer)
          resolve(true)
        }
        waiting.push(takePlace)
      })
    },
    leave() {
      const next = waiting.shift()
      // A place that is handed on is never free in between, so nobody overtakes those who wait.
      if (next) next()
      else free += 1
    },
    isIdle: () => free === places,
  }
}

/** Maps in order with at most `width` under way. */
async function sideBySide<T, R>(items: readonly T[], width: number, run: (item: T) => Promise<R> | R): Promise<R[]> {
  const results: R[] = []
  const entries = items.entries()
  const worker = async () => {
    for (const [index, item] of entries) results[index] = await run(item)
  }
  // All end before the first fault is passed on: the caller gives its place away then.
  const ends = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker))
  const fault = ends.find((end) => end.status === 'rejected')
  if (fault) throw fault.reason
  return results
}

function busy(waitMs: number): Outcome {
  return notRun(`The gateway was busy with other connection tests for ${waitMs / 1000} s, so this one was not run. Try again in a moment.`)
}

/** The outcome of a test that was refused because another one is under way, and its caller does not wait. */
export function alreadyRunning(): Outcome {
  return notRun('A connection test of this provider is under way, so this one was not run. Read its result in a moment.')
}

function notRun(message: string): Outcome {
  return { status: 'RATE_LIMITED', message, httpStatus: null, keyVerified: false, models: [], durationMs: 0 }
}
