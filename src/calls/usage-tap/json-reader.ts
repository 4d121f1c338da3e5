import type { AnswerReader } from './answer-reader.ts'
import type { Figures } from './figures.ts'
import { UsageScanner } from './usage-scanner.ts'

/** Reads an answer that is one JSON text: an object, or Google's array of the events of a stream. */
export class JsonReader implements AnswerReader {
  readonly #scanner: UsageScanner

  constructor(figures: Figures) {
    this.#scanner = new UsageScanner({
      usage: (_member, usage) => figures.take(usage, !this.#scanner.isArray),
      model: (name) => figures.takeModel(name),
    })
  }

  write(bytes: Buffer): void {
    this.#scanner.write(bytes)
  }

  end(): void {}
}
