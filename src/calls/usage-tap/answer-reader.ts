/** Reads the figures out of the bytes of an answer, in one of the forms that answers have. */
export interface AnswerReader {
  /** The bytes do not change any more. */
  write(bytes: Buffer): void
  /** No more bytes come. */
  end(): void
}
