/**
 * What one answer was made from. It may be given again, to callers of the same role for as long as the data stays, when
 * it came from queries, without an error, and from nothing but the data and the role: not from the time, the environment,
 * or who it is that asks.
 */
export class AnswerOrigin {
  private fromQuery = false
  private fromMore = false

  /** A query was run. */
  ranQuery(): void {
    this.fromQuery = true
  }

  /** Something went into the answer that may be different next time, or that must happen each time. */
  dependsOnMore(): void {
    this.fromMore = true
  }

  get isReproducible(): boolean {
    return this.fromQuery && !this.fromMore
  }
}
