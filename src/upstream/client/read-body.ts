import { errorCode } from './outbound-error.ts'

/** Why a body is not there to read; null when it is. */
export type BodyProblem = 'compressed' | 'too long' | 'malformed' | 'broken off' | null

export interface Body {
  /** The whole body; where there is a problem, at most its first 64 KiB. */
  readonly text: string
  readonly problem: BodyProblem
}

/** The most that is read of a body, in bytes, where no call says otherwise. */
export const MAX_BODY_BYTES = 1_048_576
const MAX_PART_BYTES = 65_536

/**
 * Reads at most `limit` bytes of a response. A compressed body is not decoded: we asked for none, and a small one may
 * unpack to gigabytes. The source is destroyed when the rest is not wanted.
 */
export async function readBody(
  source: AsyncIterable<unknown> & { destroy(): unknown },
  contentEncoding: string,
  limit = MAX_BODY_BYTES,
): Promise<Body> {
  if (contentEncoding !== '' && contentEncoding.toLowerCase() !== 'identity') {
    source.destroy()
    return { text: '', problem: 'compressed' }
  }
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of source) {
      if (!(chunk instanceof Uint8Array)) continue
      length += chunk.byteLength
      if (length > limit) return part('too long')
      chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    }
    return { text: Buffer.concat(chunks).toString('utf8'), problem: null }
  } catch (error) {
    const isMalformed = /^HPE_|^UND_ERR_HEADERS_OVERFLOW$/.test(errorCode(error))
    return part(isMalformed ? 'malformed' : 'broken off')
  }

  function part(problem: BodyProblem): Body {
    source.destroy()
    const text = Buffer.concat(chunks, Math.min(length, MAX_PART_BYTES)).toString('utf8')
    chunks.length = 0
    return { text, problem }
  }
}
