/** Undefined when the request may begin at once; else resolves when it may. */
export type Admit = () => Promise<void> | undefined

/** Each takes some milliseconds of work before it waits for something for the first time. */
const BEGUN_IN_A_TURN = 4

/**
 * Lets few requests begin in one turn of the event loop, in the order in which they came. Hundreds that are ready at once would
 * all begin in one turn, and whatever else is ready would wait for the work of all of them.
 */
export function createAdmission(): Admit {
  const waiting: (() => void)[] = []
  let begun = 0
  const endTurn = () => {
    const next = waiting.splice(0, BEGUN_IN_A_TURN)
    begun = next.length
    if (begun > 0) setImmediate(endTurn)
    for (const begin of next) begin()
  }
  return () => {
    if (begun >= BEGUN_IN_A_TURN) return new Promise((resolve) => void waiting.push(resolve))
    if (begun === 0) setImmediate(endTurn)
    begun += 1
    return undefined
  }
}
