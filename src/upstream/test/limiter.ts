import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../../errors.ts'
import { createFairQueue, type FairQueue, type Waiting } from './fair-queue.ts'
import type { Outcome } from './outcome.ts'

export interface LimiterSettings {
  /** Tests that may run at once, of all providers together. */
  readonly atOnce: number
  /** How many of these one token may have. */
  readonly perToken: number
  /** Tests of one provider's keys that run side by side. */
  readonly perProvider: number
  /** Drafts of one token that are tested side by side. */
  readonly draftsPerToken: number
  /** Runs of one token that may wait or be under way. */
  readonly runsPerToken: number
  /** How long a test waits for its turn, in milliseconds. */
  readonly waitMs: number
  /** From one beginning or end of a test to the next, in milliseconds: each is some milliseconds of work that others wait for. */
  readonly apartMs: number
}

const USUAL: LimiterSettings = {
  ...{ atOnce: 16, perToken: 12, perProvider: 4, draftsPerToken: 4, runsPerToken: 100 },
  ...{ waitMs: 10_000, apartMs: 20 },
}

/** Who asks for a run of tests, and of what: a provider by its id, or a draft, which has none. */
export interface RunOf extends Waiting {
  readonly provider: string | null
}

/** Keeps the gateway from being an amplifier of traffic, or a fast oracle for guessed keys, and one client from taking it from the others. */
export interface TestLimiter {
  /**
   * Lets a run of the token in, before anything is read for it; null when too many of its runs wait already. Returns what
   * is to be called at the end of the run.
   */
  admit(token: string): (() => void) | null
  /**
   * Runs the tests of one provider, for example one for each of its keys: a few side by side, while no other run of the same
   * provider is under way. A test that waits too long for its turn is not run and answers RATE_LIMITED; the outcomes come
   * in the order of the tests.
   * @throws Fault when the client has left: tests whose turn has not come are not run then.
   */
  run(of: RunOf, tests: readonly (() => Promise<Outcome>)[]): Promise<Outcome[]>
  /** Whether a run of this provider is under way, so that another one would wait. */
  isRunning(providerId: string): boolean
}

/** A limiter with counts of its own; a process needs one. */
export function createTestLimiter(settings: Partial<LimiterSettings> = {}): TestLimiter {
  const { atOnce, perToken, perProvider, draftsPerToken, runsPerToken, waitMs, apartMs } = { ...USUAL, ...settings }
  const all = createFairQueue(atOnce, perToken)
  const lanes = new Map<string, FairQueue>()
  const runs = new Map<string, number>()
  let next = Promise.resolve()
  const apart = () => {
    const turn = next
    next = turn.then(() => sleep(apartMs))
    return turn
  }

  async function runOne(of: RunOf, test: () => Promise<Outcome>): Promise<Outcome> {
    if (!(await all.enter(of, waitMs))) return busy(waitMs)
    try {
      await apart()
      return of.left.aborted ? busy(waitMs) : await test().finally(apart)
    } finally {
      all.leave(of.token)
    }
  }

  async function runInLane(lane: FairQueue, of: RunOf, tests: readonly (() => Promise<Outcome>)[]): Promise<Outcome[]> {
    if (!(await lane.enter(of, waitMs))) return tests.map(() => busy(waitMs))
    try {
      const deadline = performance.now() + waitMs
      // Keys of an upstream that hangs take seconds each: those whose turn has not come by then are told so.
      return await sideBySide(tests, perProvider, (test) => (performance.now() > deadline ? busy(waitMs) : runOne(of, test)))
    } finally {
      lane.leave(of.token)
    }
  }

  return {
    admit(token) {
      const count = runs.get(token) ?? 0
      if (count >= runsPerToken) return null
      runs.set(token, count + 1)
      return () => {
        const rest = (runs.get(token) ?? 0) - 1
        if (rest > 0) runs.set(token, rest)
        else runs.delete(token)
      }
    },
    isRunning: (providerId) => lanes.has(laneOf({ provider: providerId, token: '' })),
    async run(of, tests) {
      const name = laneOf(of)
      const lane = lanes.get(name) ?? createFairQueue(of.provider === null ? draftsPerToken : 1)
      lanes.set(name, lane)
      try {
        const outcomes = await runInLane(lane, of, tests)
        if (of.left.aborted) throw new Fault('SERVICE_UNAVAILABLE', 'The client left before its connection test had ended.')
        return outcomes
      } finally {
        if (lane.isIdle()) lanes.delete(name)
      }
    },
  }
}

function laneOf({ provider, token }: Pick<RunOf, 'provider' | 'token'>): string {
  return provider === null ? `draft of ${token}` : `provider ${provider}`
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

/** The outcome of a test that was refused because too many of the same token wait. */
export function tooManyWaiting(): Outcome {
  return notRun(
    'Too many connection tests of this access token wait for their turn, so this one was not run. Try again when some have ended.',
  )
}

function notRun(message: string): Outcome {
  return { status: 'RATE_LIMITED', message, httpStatus: null, keyVerified: false, models: [], durationMs: 0 }
}
