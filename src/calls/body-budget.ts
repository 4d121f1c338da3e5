/** Memory for the bodies of calls, shared by all that are under way. */
export class BodyBudget {
  readonly #limit: number
  #taken = 0

  /** @param limit bytes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get taken(): number {
    return this.#taken
  }

  /** Takes some bytes; false, and nothing taken, when there is no room. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#limit) return false
    this.#taken += bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes
  }
}
