import type { IncomingMessage } from 'node:http'

export type BodyRefusal = 'too-large' | 'compressed' | 'aborted'

/** A request's body, or why it was not read. */
export type ReadBody = { readonly body: Buffer } | { readonly refusal: BodyRefusal }

/** Reads a whole body of at most `limit` bytes. Counts what arrives, whatever the header promised. */
export async function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') return { refusal: 'compressed' }
  if (Number(request.headers['content-length'] ?? 0) > limit) return { refusal: 'too-large' }
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size > limit) return { refusal: 'too-large' }
      chunks.push(chunk)
    }
  } catch {
    return { refusal: 'aborted' }
  }
  return { body: Buffer.concat(chunks, size) }
}
