type Container = 'object' | 'list'

/** The objects and lists of a JSON text that are open: one bit for each, since a body may be nested as deep as it is long. */
export class JsonNest {
  #bits = new Uint8Array(16)
  #depth = 0

  get depth(): number {
    return this.#depth
  }

  get innermost(): Container | null {
    const at = this.#depth - 1
    if (at < 0) return null
    return ((this.#bits[at >> 3] ?? 0) >> (at & 7)) & 1 ? 'object' : 'list'
  }

  open(container: Container): void {
    const at = this.#depth
    if (at >> 3 === this.#bits.length) this.#grow()
    const bit = 1 << (at & 7)
    const others = (this.#bits[at >> 3] ?? 0) & ~bit
    this.#bits[at >> 3] = container === 'object' ? others | bit : others
    this.#depth += 1
  }

  /** False, and nothing closed, when the innermost one is another or none. */
  close(container: Container): boolean {
    if (this.innermost !== container) return false
    this.#depth -= 1
    return true
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#bits.length)
    larger.set(this.#bits)
    this.#bits = larger
  }
}
