import type { IncomingMessage } from 'node:http'

export type BodyRefusal = 'too-large' | 'compressed' | 'aborted'

/** A request's body, or why it was not read. */
export type ReadBody = { readonly body: Buffer } | { readonly refusal: BodyRefusal }

/**
 * Reads a whole body of at most `limit` bytes. Counts what arrives, whatever the header promised. What is refused still
 * flows, into nothing, until it ends or the server's time for a request is over: a connection closed under a client
 * that is still sending loses it the answer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') return drain(request, 'compressed')
  if (Number(request.headers['content-length'] ?? 0) > limit) return drain(request, 'too-large')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      chunks.length = 0
      resolve({ refusal: 'too-large' })
    })
    request.once('end', () => resolve({ body: Buffer.concat(chunks) }))
    request.once('error', () => resolve({ refusal: 'aborted' }))
    request.once('close', () => resolve({ refusal: 'aborted' }))
  })
}

function drain(request: IncomingMessage, refusal: BodyRefusal): ReadBody {
  request.resume()
  return { refusal }
}
