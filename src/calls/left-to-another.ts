/** The vendor refused the call, and another target of the route is tried. Never reaches a caller. */
export class LeftToAnother extends Error {
  /** What the vendor answered. */
  readonly status: number

  constructor(status: number) {
    super('Left to another target.')
    this.status = status
  }
}
