import type { Answer } from './respond.ts'

/** What of an answer is held before the first byte is sent. An answer that ends within it is sent whole, with its length and tag. */
const HELD_BYTES = 4_194_304

/**
 * Makes an answer of pieces whole when it is short. Of a long one the pieces stay, the first of them made already: so what
 * fails early can still be answered properly.
 */
export async function gather(answer: Answer): Promise<Answer> {
  const { pieces, ...rest } = answer
  if (pieces === undefined) return answer
  const source = pieces[Symbol.asyncIterator]()
  const held: string[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await source.next()
    if (done) return { ...rest, body: held.join('') }
    held.push(value)
    bytes += Buffer.byteLength(value)
    if (bytes > HELD_BYTES) return { ...rest, pieces: resume(held, source) }
  }
}

async function* resume(held: string[], source: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let piece = held.shift(); piece !== undefined; piece = held.shift()) yield piece
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}
