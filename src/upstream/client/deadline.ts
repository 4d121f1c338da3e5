import { setMaxListeners } from 'node:events'
import { OutboundError } from './outbound-error.ts'

/** The limits of one call, in milliseconds. */
export const LIMITS = { wholeTestMs: 10_000, connectStepMs: 3_000, headersMs: 5_000 } as const

/** A moment after which nothing of a test goes on, and the signal that says so. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Milliseconds left; 0 when it has passed. */
  remainingMs(): number
}

/**
 * A deadline `afterMs` milliseconds from now, or when whoever waits for the answer has left. A timer of its own holds the
 * signal: what `AbortSignal.any` and `AbortSignal.timeout` make of each other may be collected as garbage, and never ends then.
 */
export function startDeadline(afterMs: number, left: AbortSignal): Deadline {
  const endsAt = performance.now() + afterMs
  const { signal, end } = endable()
  const timer = setTimeout(end, afterMs)
  timer.unref()
  if (left.aborted) end()
  // One client may wait for many calls.
  setMaxListeners(0, left)
  left.addEventListener('abort', end, { once: true, signal })
  return { signal, remainingMs: () => (signal.aborted ? 0 : Math.max(0, endsAt - performance.now())) }
}

function endable(): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, end: () => controller.abort() }
}

/**
 * Waits for one step of a call. Ends with TIMED_OUT when the step takes longer than `stepMs` or the deadline passes first;
 * `abandon` then frees what the step holds, since a promise cannot be stopped.
 */
export async function withinStep<T>(
  step: Promise<T>,
  limits: { deadline: Deadline; stepMs: number; message: string },
  abandon: () => void = () => {},
): Promise<T> {
  const waitMs = Math.min(limits.stepMs, limits.deadline.remainingMs())
  const { signal } = limits.deadline
  let giveUp = () => {}
  const timeout = new Promise<never>((_, reject) => {
    giveUp = () => reject(new OutboundError('TIMED_OUT', limits.message))
  })
  const timer = setTimeout(giveUp, waitMs)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([step, timeout])
  } catch (error) {
    abandon()
    step.catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
