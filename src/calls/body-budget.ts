/** Memory for the bodies of calls, shared by all that are under way. */
export class BodyBudget {
  readonly #limit: number
  readonly #ofTokens = new Map<string, number>()
  #taken = 0

  /** @param limit bytes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Takes some bytes for a body; false, and nothing taken, when there is no room. One body of a token may take all that is left; more of
   * them, as much as they leave to others: no token can keep the rest from calling.
   * @param held what the same body has taken before.
   */
  take(tokenId: string, bytes: number, held: number): boolean {
    const ofToken = this.#ofTokens.get(tokenId) ?? 0
    const left = this.#limit - this.#taken - bytes
    if (left < (ofToken > held ? ofToken + bytes : 0)) return false
    this.#change(tokenId, bytes)
    return true
  }

  giveBack(tokenId: string, bytes: number): void {
    this.#change(tokenId, -bytes)
  }

  #change(tokenId: string, bytes: number): void {
    this.#taken += bytes
    const ofToken = (this.#ofTokens.get(tokenId) ?? 0) + bytes
    if (ofToken === 0) this.#ofTokens.delete(tokenId)
    else this.#ofTokens.set(tokenId, ofToken)
  }
}
