import type { ServerResponse } from 'node:http'
import { onceClosed } from './once-closed.ts'

/** Sends bytes as they come, no faster than the client reads them. When the client goes away, so does the source. */
export async function pipe(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader()
  const leave = () => void reader.cancel().catch(() => {})
  const stop = onceClosed(response, leave)
  if (response.destroyed) return leave()
  for (let part = await reader.read(); !part.done; part = await reader.read()) if (!response.write(part.value)) await drained(response)
  stop()
  response.end()
}

/** Sends pieces as they are made, and has none made that the client does not wait for. Throws what making them throws. */
export async function writePieces(pieces: AsyncIterable<string>, response: ServerResponse): Promise<void> {
  if (response.destroyed) return
  for await (const piece of pieces) {
    if (!response.write(piece)) await drained(response)
    // Leaving the loop ends the source.
    if (response.destroyed || response.req.socket.destroyed) return
  }
  response.end()
}

/** Also when the client is gone: then there is nothing to wait for. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      stop()
      resolve()
    }
    const stop = onceClosed(response, done)
    response.on('drain', done)
    if (response.destroyed) done()
  })
}
