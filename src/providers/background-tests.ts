import type { Caller } from '../auth/principal.ts'
import { createFairQueue } from '../upstream/test/fair-queue.ts'
import { testAfterWrite } from './test-after-write.ts'
import type { TestDeps } from './test-saved-connection.ts'

/** Tests of new providers for which nobody waits, so that their models are known. */
export interface BackgroundTests {
  /** Begins the test of a provider that was just created. Costs whoever created it nothing. */
  start(caller: Caller, providerId: string): void
  /** Ends the tests that are under way, and begins no more. */
  close(): Promise<void>
}

/** Makes no test at all. */
export const NO_BACKGROUND_TESTS: BackgroundTests = { start: () => {}, close: () => Promise.resolve() }

/** Few enough that each gets its turn at once: a test that waits too long for one is not run, and says so in its result. */
const AT_ONCE = 4
const LONGEST_WAIT_MS = 24 * 3_600_000

/** @param onFailure hears of a test that could not be made or stored. */
export function createBackgroundTests(deps: TestDeps, onFailure: (error: unknown) => void): BackgroundTests {
  const closing = new AbortController()
  const running = new Set<Promise<void>>()
  const turns = createFairQueue(AT_ONCE)
  const run = async ({ principal, channel, rules, requestId }: Caller, providerId: string) => {
    const token = principal.tokenId
    if (!(await turns.enter({ token, left: closing.signal }, LONGEST_WAIT_MS))) return
    try {
      // The client that created the provider may leave: the test goes on.
      await testAfterWrite(deps, { principal, channel, rules, requestId, left: closing.signal }, providerId)
    } catch (error) {
      if (!closing.signal.aborted) onFailure(error)
    } finally {
      turns.leave(token)
    }
  }
  return {
    start: (caller, providerId) => {
      if (closing.signal.aborted) return
      const test = run(caller, providerId).finally(() => running.delete(test))
      running.add(test)
    },
    close: async () => {
      closing.abort()
      await Promise.all(running)
    },
  }
}
