import type { AnswerReader } from './answer-reader.ts'
import type { Figures } from './figures.ts'
import { UsageScanner } from './usage-scanner.ts'

/** An answer of at most so many bytes is read at its end, or after so many pieces: in between other work that takes three times as long. */
const MOST_BYTES = 16_384
const MOST_PIECES = 64

/** Reads an answer that is JSON: an object, Google's array of the events of a stream, or such events one after the other. */
export class JsonReader implements AnswerReader {
  readonly #scanner: UsageScanner
  #held: Buffer[] = []
  #bytes = 0

  /** @param isStream whether it is one event after the other, so that later ones may say more. */
  constructor(figures: Figures, isStream = false) {
    this.#scanner = new UsageScanner({
      usage: (_member, usage) => figures.take(usage, !isStream && !this.#scanner.isArray),
      model: (name) => figures.takeModel(name),
    })
  }

  write(bytes: Buffer): void {
    this.#bytes += bytes.length
    this.#held.push(bytes)
    if (this.#bytes > MOST_BYTES || this.#held.length === MOST_PIECES) this.end()
  }

  end(): void {
    for (const bytes of this.#held) this.#scanner.write(bytes)
    this.#held = []
  }
}
