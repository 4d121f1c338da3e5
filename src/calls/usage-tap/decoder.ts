import type { Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { BoundedBytes } from './bounded-bytes.ts'

/** What comes while the decoder is at work, before it is given up. */
const MAX_WAITING_BYTES = 1_048_576
/** A small answer may unpack to gigabytes. */
const MAX_DECODED_BYTES = 33_554_432

const PIECE_BYTES = 32_768

/** Of a stream that was cut, what has come is decoded. */
const ZLIB = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: PIECE_BYTES }
const BROTLI = { finishFlush: constants.BROTLI_OPERATION_FLUSH, chunkSize: PIECE_BYTES }

/** Makes the stream that decodes an encoding, from the first byte of its bytes; null for one that nobody here can read. */
export type OpenDecoder = (firstByte: number) => Transform

/** @param encoding in small letters. */
export function decoderOf(encoding: string): OpenDecoder | null {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return () => createGunzip(ZLIB)
    case 'deflate':
      // Some servers leave the envelope away, whose first byte names method 8.
      return (first) => ((first & 0x0f) === 8 ? createInflate(ZLIB) : createInflateRaw(ZLIB))
    case 'br':
      return () => createBrotliDecompress(BROTLI)
    default:
      return null
  }
}

/**
 * Decodes an answer beside its copy, outside the event loop and a piece at a time: an answer that unpacks to more than anybody
 * reads, or comes faster than it can be decoded, is given up.
 */
export class Decoder {
  readonly #open: OpenDecoder
  readonly #onData: (bytes: Buffer) => void
  readonly #waiting = new BoundedBytes(MAX_WAITING_BYTES)
  #stream: Transform | null = null
  #isBusy = false
  #isEnding = false
  #decodedBytes = 0
  #outcome: 'open' | 'read' | 'failed' = 'open'
  #tellOutcome: (isRead: boolean) => void = () => {}

  constructor(open: OpenDecoder, onData: (bytes: Buffer) => void) {
    this.#open = open
    this.#onData = onData
  }

  write(bytes: Buffer): void {
    if (this.#outcome !== 'open') return
    if (!this.#isBusy) this.#decode(bytes)
    else if (!this.#waiting.append(bytes)) this.#finish('failed')
  }

  /** Settles when all that was written is decoded: whether that went well. */
  end(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#tellOutcome = resolve
      this.#isEnding = true
      if (this.#outcome !== 'open') resolve(this.#outcome === 'read')
      else if (this.#stream === null) this.#finish('read')
      else if (!this.#isBusy) this.#stream.end()
    })
  }

  #decode(bytes: Buffer): void {
    this.#isBusy = true
    this.#stream ??= this.#opened(bytes[0] ?? 0)
    this.#stream.write(bytes, () => this.#goOn())
  }

  #goOn(): void {
    this.#isBusy = false
    if (this.#outcome !== 'open') return
    if (this.#waiting.isEmpty) {
      if (this.#isEnding) this.#stream?.end()
      return
    }
    const bytes = Buffer.from(this.#waiting.bytes)
    this.#waiting.clear()
    this.#decode(bytes)
  }

  #opened(firstByte: number): Transform {
    const stream = this.#open(firstByte)
    stream.on('data', (bytes: Buffer) => this.#onDecoded(bytes))
    stream.once('end', () => this.#finish('read'))
    stream.on('error', () => this.#finish('failed'))
    return stream
  }

  #onDecoded(bytes: Buffer): void {
    if (this.#outcome !== 'open') return
    this.#decodedBytes += bytes.length
    if (this.#decodedBytes > MAX_DECODED_BYTES) this.#finish('failed')
    else this.#onData(bytes)
  }

  #finish(outcome: 'read' | 'failed'): void {
    if (this.#outcome !== 'open') return
    this.#outcome = outcome
    this.#waiting.clear()
    this.#stream?.destroy()
    this.#tellOutcome(outcome === 'read')
  }
}
