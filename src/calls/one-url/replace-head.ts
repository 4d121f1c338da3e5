import { type Readable, Transform } from 'node:stream'

/** The stream with other bytes in place of its first ones. */
export function replaceHead(stream: Readable, length: number, head: Buffer): Readable {
  let toDrop = length
  const changed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const dropped = Math.min(toDrop, chunk.length)
      toDrop -= dropped
      done(null, chunk.subarray(dropped))
    },
  })
  changed.push(head)
  stream.once('error', (error) => changed.destroy(error))
  changed.once('close', () => stream.unpipe(changed))
  // Nobody may listen any more when it breaks off, and an unheard error ends the process.
  changed.on('error', () => {})
  return stream.pipe(changed)
}
