import { crc32 } from 'node:zlib'
import type { AnswerReader } from './answer-reader.ts'
import { BoundedBytes } from './bounded-bytes.ts'
import type { Figures } from './figures.ts'
import { UsageScanner } from './usage-scanner.ts'

/** The length of the frame, that of its headers, and a sum over both: four bytes each. */
const PRELUDE_BYTES = 12
const SUM_BYTES = 4
/** A longer frame is skipped. */
const MAX_FRAME_BYTES = 1_048_576
/** AWS sends none that is longer: what says so is no frame. */
const LONGEST_FRAME_BYTES = 25_165_824

const TEXT_HEADER = 7
/** Bytes of the values of headers, by their type; of the others two bytes tell the length. */
const VALUE_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 }

const METRICS = 'amazon-bedrock-invocationMetrics'
/** What one of a model's own events holds that tells figures. */
const MARKS = [Buffer.from('"usage'), Buffer.from(`"${METRICS}"`)]
/** How the text of such an event begins in the payload of a frame. */
const WRAPPED = Buffer.from('"bytes":"')
const QUOTE = 0x22

/**
 * Reads AWS's stream of binary frames: the `metadata` of Converse, and the events of the model that InvokeModel wraps. A frame
 * whose sums are wrong ends the reading: where the next one begins is not known then.
 */
export class FrameReader implements AnswerReader {
  readonly #scanner: UsageScanner
  readonly #figures: Figures
  readonly #begun = new BoundedBytes(MAX_FRAME_BYTES)
  /** Bytes of a long frame that are still to come. */
  #toSkip = 0
  #isLost = false
  /** Whether the event that is read is the last one. */
  #isFinal = false

  constructor(figures: Figures) {
    this.#figures = figures
    this.#scanner = new UsageScanner({
      usage: (member, usage) => figures.take(usage, this.#isFinal || member === METRICS),
      model: (name) => figures.takeModel(name),
    })
  }

  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.#isLost; ) at += this.#take(bytes.subarray(at))
  }

  end(): void {}

  /** Takes bytes of one frame; how many. */
  #take(bytes: Buffer): number {
    const skipped = Math.min(this.#toSkip, bytes.length)
    this.#toSkip -= skipped
    if (skipped > 0) return skipped
    // Most frames come whole.
    const begun = this.#begun.bytes.length
    const whole = begun === 0 && bytes.length >= PRELUDE_BYTES ? this.#lengthOf(bytes) : null
    if (whole !== null && whole <= bytes.length) {
      this.#read(bytes.subarray(0, whole))
      return whole
    }
    const wanted = begun < PRELUDE_BYTES ? PRELUDE_BYTES : this.#lengthOf(this.#begun.bytes)
    const used = Math.min(wanted - begun, bytes.length)
    this.#begun.append(bytes.subarray(0, used))
    if (begun + used === wanted) this.#endBegun()
    return used
  }

  /** The prelude is here, or the whole frame. */
  #endBegun(): void {
    const begun = this.#begun.bytes
    const length = this.#lengthOf(begun)
    if (begun.length < length && length <= MAX_FRAME_BYTES) return
    if (begun.length === length) this.#read(begun)
    this.#toSkip = length - begun.length
    this.#begun.clear()
  }

  /** The length of a frame, by its prelude. */
  #lengthOf(frame: Buffer): number {
    const length = frame.readUInt32BE(0)
    const isFrame = length >= PRELUDE_BYTES + SUM_BYTES && length <= LONGEST_FRAME_BYTES
    if (isFrame && crc32(frame.subarray(0, PRELUDE_BYTES - SUM_BYTES)) === frame.readUInt32BE(PRELUDE_BYTES - SUM_BYTES)) return length
    this.#isLost = true
    return PRELUDE_BYTES
  }

  #read(frame: Buffer): void {
    if (this.#isLost) return
    const payloadAt = PRELUDE_BYTES + frame.readUInt32BE(4)
    const sumAt = frame.length - SUM_BYTES
    const headers = frame.subarray(PRELUDE_BYTES, Math.min(payloadAt, sumAt))
    const type = textHeader(headers, ':event-type')
    if (type === '' && textHeader(headers, ':message-type') === 'exception') this.#figures.takeFailure()
    if (type !== 'metadata' && type !== 'chunk') return
    if (crc32(frame.subarray(0, sumAt)) !== frame.readUInt32BE(sumAt)) {
      this.#isLost = true
      return
    }
    const payload = frame.subarray(payloadAt, sumAt)
    this.#isFinal = type === 'metadata'
    const json = this.#isFinal ? payload : unwrapped(payload)
    if (!this.#isFinal && !MARKS.some((mark) => json.includes(mark))) return
    this.#scanner.reset()
    this.#scanner.write(json)
  }
}

/** The value of a header that is a text; empty without it. */
function textHeader(headers: Buffer, wanted: string): string {
  for (let at = 0; at + 2 < headers.length; ) {
    const nameEnd = at + 1 + (headers[at] ?? 0)
    const name = headers.toString('latin1', at + 1, nameEnd)
    const type = headers[nameEnd] ?? 0
    const fixed = VALUE_BYTES[type]
    const valueAt = nameEnd + (fixed === undefined ? 3 : 1)
    const valueEnd = valueAt + (fixed ?? 256 * (headers[nameEnd + 1] ?? 0) + (headers[nameEnd + 2] ?? 0))
    if (name === wanted && type === TEXT_HEADER) return headers.toString('latin1', valueAt, valueEnd)
    at = valueEnd
  }
  return ''
}

/** The model's own event, which InvokeModel sends as base64. */
function unwrapped(payload: Buffer): Buffer {
  const from = payload.indexOf(WRAPPED) + WRAPPED.length
  const until = payload.indexOf(QUOTE, from)
  return from < WRAPPED.length || until === -1 ? Buffer.alloc(0) : Buffer.from(payload.toString('latin1', from, until), 'base64')
}
