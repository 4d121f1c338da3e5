import type { IncomingMessage } from 'node:http'

export type BodyRefusal = 'too-large' | 'compressed' | 'aborted'

/** A request's body, or why it was not read. */
export type ReadBody = { readonly body: Buffer } | { readonly refusal: BodyRefusal }

/**
 * Reads a whole body of at most `limit` bytes. Counts what arrives, whatever the header promised. Of what is refused no
 * more is read here: `unread-body.ts` sees to the rest when the answer was sent.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  // Whoever left already is heard of no more.
  if (request.destroyed) return { refusal: 'aborted' }
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') return { refusal: 'compressed' }
  if (Number(request.headers['content-length'] ?? 0) > limit) return { refusal: 'too-large' }
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      chunks.length = 0
      request.off('data', take).pause()
      resolve({ refusal: 'too-large' })
    }
    request.on('data', take)
    request.once('end', () => resolve({ body: Buffer.concat(chunks) }))
    request.once('error', () => resolve({ refusal: 'aborted' }))
    request.once('close', () => resolve({ refusal: 'aborted' }))
  })
}
