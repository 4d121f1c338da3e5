/**
 * Reads for all who ask in one turn of the event loop at its end, with one call of `read`: each of them has asked before
 * it happens, so nobody gets what was read too early.
 */
export function oncePerTurn<Result>(read: () => Result): () => Promise<Result> {
  let waiting: Promise<Result> | null = null
  return () => {
    waiting ??= new Promise((resolve) => {
      setImmediate(() => {
        waiting = null
        resolve(read())
      })
    })
    return waiting
  }
}
