import type { Tone } from '../parts/test-status.tsx'

/** A provider that something is done with. */
export interface Target {
  readonly id: string
  readonly displayName: string
}

/** How it went with one of them. */
export interface Ending {
  /** In a word or two, the same for all that ended so. */
  readonly label: string
  readonly tone: Tone
  readonly message: string
}

/** How far a run over many providers has come. */
export interface Run {
  readonly total: number
  readonly done: number
  readonly isRunning: boolean
  readonly counts: ReadonlyMap<string, { readonly count: number; readonly tone: Tone }>
  /** Failed tests. */
  readonly failed: readonly { readonly id: string; readonly name: string; readonly message: string }[]
  /** What ended the run before its time. */
  readonly problem: string | null
}

/** Side by side; the gateway makes at most sixteen tests of everybody together. */
const AT_ONCE = 4

/**
 * Does something with each of many providers, and tells after each of them how far it is. Ends early when aborted, or when `act`
 * throws, which it does when there is no sense in going on.
 */
export async function runEach(
  find: () => Promise<readonly Target[]>,
  act: (target: Target) => Promise<Ending>,
  signal: AbortSignal,
  tell: (run: Run) => void,
): Promise<void> {
  let run: Run = { total: 0, done: 0, isRunning: true, counts: new Map(), failed: [], problem: null }
  const update = (change: Partial<Run>) => {
    run = { ...run, ...change }
    if (!signal.aborted) tell(run)
  }
  update({})
  try {
    const targets = await find()
    update({ total: targets.length })
    const queue = targets.values()
    const work = async () => {
      for (const target of queue) {
        if (signal.aborted || run.problem !== null) return
        const { label, tone, message } = await act(target)
        const counts = new Map(run.counts).set(label, { count: (run.counts.get(label)?.count ?? 0) + 1, tone })
        const failed = tone === 'good' ? run.failed : [...run.failed, { id: target.id, name: target.displayName, message }]
        update({ done: run.done + 1, counts, failed })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } catch (error) {
    update({ problem: error instanceof Error ? error.message : 'It was ended.' })
  }
  update({ isRunning: false })
}
