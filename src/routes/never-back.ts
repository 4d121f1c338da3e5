/** Milliseconds that go on where the clock was set back: what ends at a time would last as much longer. @param now milliseconds since 1970. */
export function neverBack(now: () => number): () => number {
  let ahead = 0
  let latest = Number.NEGATIVE_INFINITY
  return () => {
    const time = now()
    ahead = Math.max(ahead, latest - time)
    latest = time + ahead
    return latest
  }
}
