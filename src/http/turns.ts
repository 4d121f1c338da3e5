import { setImmediate as nextTurn } from 'node:timers/promises'

/** Runs a step of long work when the steps before it have ended and the requests that came meanwhile were looked at. */
export type TakeTurn = <Result>(step: () => Promise<Result>) => Promise<Result>

/** However many long lists are read at once, together they take no more of the process than one does. */
export function createTurns(): TakeTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (step) => {
    const turn = last.then(() => nextTurn()).then(step)
    last = turn.catch(() => {})
    return turn
  }
}
