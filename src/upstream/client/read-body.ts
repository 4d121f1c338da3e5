import { MAX_BODY_BYTES } from './deadline.ts'
import { errorCode } from './outbound-error.ts'

/** Why a body is not there to read; null when it is. */
export type BodyProblem = 'compressed' | 'too long' | 'malformed' | 'broken off' | null

export interface Body {
  readonly text: string
  readonly problem: BodyProblem
}

/**
 * Reads at most MAX_BODY_BYTES of an answer. A compressed body is not decoded: we asked for none, and a small one may
 * unpack to gigabytes. The source is destroyed when the rest is not wanted.
 */
export async function readBody(source: AsyncIterable<unknown> & { destroy(): unknown }, contentEncoding: string): Promise<Body> {
  if (contentEncoding !== '' && contentEncoding.toLowerCase() !== 'identity') return withoutBody('compressed')
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of source) {
      if (!(chunk instanceof Uint8Array)) continue
      length += chunk.byteLength
      if (length > MAX_BODY_BYTES) return withoutBody('too long')
      chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    }
    return { text: Buffer.concat(chunks).toString('utf8'), problem: null }
  } catch (error) {
    const isMalformed = /^HPE_|^UND_ERR_HEADERS_OVERFLOW$/.test(errorCode(error))
    return withoutBody(isMalformed ? 'malformed' : 'broken off')
  }

  function withoutBody(problem: BodyProblem): Body {
    source.destroy()
    return { text: '', problem }
  }
}
