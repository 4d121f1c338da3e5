const REDACTED = '[redacted]'

// The registered symbol is `util.inspect.custom`, without an import of `node:util`.
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * A plaintext that must not reach a log, an answer or an error message by accident.
 * It sits in a private field, which neither JSON, nor the inspector, nor a structured clone can see.
 */
export class Secret {
  readonly #plaintext: string

  constructor(plaintext: string) {
    this.#plaintext = plaintext
  }

  /** The plaintext. The only way out, so that every place that uses one can be found by this name. */
  reveal(): string {
    return this.#plaintext
  }

  /** What a template string or a concatenation shows. */
  toString(): string {
    return REDACTED
  }

  /** What `JSON.stringify` shows. */
  toJSON(): string {
    return REDACTED
  }

  /** What `console.log` and `util.inspect` show. */
  [INSPECT](): string {
    return REDACTED
  }
}
