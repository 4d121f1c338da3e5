/** Bytes that come piece by piece, kept in memory of its own and up to a limit. */
export class BoundedBytes {
  readonly #most: number
  #buffer: Buffer = EMPTY
  #length = 0
  #isFull = false

  constructor(most: number) {
    this.#most = most
  }

  /** Whether there are any. */
  get isEmpty(): boolean {
    return this.#length === 0 && !this.#isFull
  }

  /** Valid until the next change. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Adds a copy of these bytes. False when they were too many, now or before: then nothing is kept until it is cleared. */
  append(piece: Buffer): boolean {
    if (this.#isFull) return false
    const length = this.#length + piece.length
    if (length > this.#most) {
      this.clear()
      this.#isFull = true
      return false
    }
    if (length > this.#buffer.length) this.#grow(length)
    piece.copy(this.#buffer, this.#length)
    this.#length = length
    return true
  }

  /** Forgets what was kept, and frees memory that is larger than usual. */
  clear(): void {
    this.#length = 0
    this.#isFull = false
    if (this.#buffer.length > USUAL) this.#buffer = EMPTY
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#most, Math.max(SMALLEST, 2 * this.#buffer.length, length)))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

const EMPTY = Buffer.alloc(0)
const SMALLEST = 512
const USUAL = 16_384
