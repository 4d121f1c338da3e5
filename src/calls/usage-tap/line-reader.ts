import type { AnswerReader } from './answer-reader.ts'
import { BoundedBytes } from './bounded-bytes.ts'
import type { Figures } from './figures.ts'
import { UsageScanner } from './usage-scanner.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const COLON = 0x3a
const QUOTE = 0x22
const SMALL_N = 0x6e
const OPEN_BRACE = 0x7b

/** How `"usage"` and `"usageMetadata"` begin. Inside a text of JSON the quote would have a backslash. */
const MARK = Buffer.from('"usage')

/** A longer line, with a picture in it, is read as it comes, and not kept. */
const MAX_LINE_BYTES = 1_048_576
/** Of shorter lines the latest one is kept, and read at the end: some vendors tell the figures in every event. */
const MAX_KEPT_BYTES = 16_384

/** How the lines begin by which a vendor says that it failed, in a stream that it began well. */
const FAILURES = ['event: error', 'event: response.failed', 'data: {"error":{', 'data: {"error": {'].map((text) => Buffer.from(text))

/** Events behind which no other figures come: OpenAI's chunk without choices, and the end of Anthropic's message. */
const FINAL_EVENT = /"choices"\s*:\s*\[\s*\]|"type"\s*:\s*"message_delta"/

/**
 * Reads a stream of events line by line. Looks for the mark in whole pieces, and reads the lines that hold it
 * alone, and the first JSON of all, which names the model: most streams have hundreds of lines without.
 */
export class LineReader implements AnswerReader {
  readonly #scanner: UsageScanner
  readonly #figures: Figures
  /** A line that has begun. */
  readonly #begun = new BoundedBytes(MAX_LINE_BYTES)
  /** Whether that is too long to be kept. */
  #isLong = false
  readonly #latest = new BoundedBytes(MAX_KEPT_BYTES)
  #hasFirst = false
  #hasJson = false
  #isFinalEvent = false
  #lastPiece: Buffer = Buffer.alloc(0)

  constructor(figures: Figures) {
    this.#figures = figures
    this.#scanner = new UsageScanner({
      usage: (member, usage) => this.#take(member, usage),
      model: (name) => figures.takeModel(name),
    })
  }

  write(bytes: Buffer): void {
    this.#lastPiece = bytes
    // Most pieces begin with an event. Of the last one, which a failure is in, each line is looked at.
    if (this.#begun.isEmpty) this.#lookForFailure(bytes, 0)
    const from = this.#begun.isEmpty ? 0 : this.#endBegun(bytes)
    const until = endOfLast(bytes)
    for (let at = from; !this.#hasJson && at < until; ) {
      const end = endOfLine(bytes, at)
      this.#readFirst(bytes.subarray(at, end))
      at = end + 1
    }
    for (let mark = indexOfMark(bytes, from); mark !== -1 && mark < until; ) {
      if (isNull(bytes, mark)) {
        mark = indexOfMark(bytes, mark + MARK.length)
        continue
      }
      const end = endOfLine(bytes, mark)
      this.#keep(bytes.subarray(startOfLine(bytes, mark), end))
      mark = indexOfMark(bytes, end)
    }
    if (from < bytes.length && until < bytes.length) this.#append(bytes.subarray(Math.max(from, until)))
  }

  end(): void {
    this.#takeLine(this.#begun.bytes)
    this.#begun.clear()
    this.#readLatest()
    const last = this.#lastPiece
    for (let end = endOfLine(last, 0); end < last.length; end = endOfLine(last, end + 1)) this.#lookForFailure(last, end + 1)
  }

  #lookForFailure(bytes: Buffer, lineAt: number): void {
    if (FAILURES.some((text) => beginsWith(bytes, lineAt, text))) this.#figures.takeFailure()
  }

  /** Reads the line that has begun when its end is in these bytes; where the next one begins. */
  #endBegun(bytes: Buffer): number {
    const end = endOfLine(bytes, 0)
    this.#append(bytes.subarray(0, end))
    if (end === bytes.length) return end
    if (!this.#isLong) this.#takeLine(this.#begun.bytes)
    this.#begun.clear()
    this.#isLong = false
    return end + 1
  }

  /** Adds to the line that has begun. */
  #append(piece: Buffer): void {
    const held = this.#begun.bytes
    if (this.#begun.append(piece)) return
    if (this.#isLong) this.#scanner.write(piece)
    else this.#readAtOnce(Buffer.concat([held, piece]))
    this.#isLong = true
    this.#hasJson = true
  }

  #takeLine(line: Buffer): void {
    this.#lookForFailure(line, 0)
    this.#readFirst(line)
    if (hasFigures(line)) this.#keep(line)
  }

  /** Reads the line for its model, when it is the first JSON. */
  #readFirst(line: Buffer): void {
    if (this.#hasJson || !line.includes(OPEN_BRACE)) return
    this.#hasJson = true
    if (!hasFigures(line)) this.#read(line)
  }

  /** The first line is read at once: Anthropic tells the input there, and not always again. Of the others the last one counts. */
  #keep(line: Buffer): void {
    if (!this.#hasFirst || line.length > MAX_KEPT_BYTES) {
      this.#readAtOnce(line)
      return
    }
    this.#latest.clear()
    this.#latest.append(line)
  }

  #readAtOnce(line: Buffer): void {
    this.#readLatest()
    this.#hasFirst = true
    this.#read(line)
  }

  #readLatest(): void {
    if (!this.#latest.isEmpty) this.#read(this.#latest.bytes)
    this.#latest.clear()
  }

  #read(line: Buffer): void {
    this.#scanner.reset()
    const json = line.indexOf(OPEN_BRACE)
    if (json === -1) return
    this.#isFinalEvent = line.length <= MAX_KEPT_BYTES && FINAL_EVENT.test(line.toString('latin1'))
    this.#scanner.write(line.subarray(json))
  }

  /** Responses tell their figures in the event that ends them, and Groq in its last chunk. */
  #take(member: string, usage: unknown): void {
    this.#figures.take(usage, this.#isFinalEvent || member === 'response' || member === 'x_groq')
  }
}

/** How far to go on behind each byte that is not where the mark ends. */
const STEPS = new Uint8Array(256).fill(MARK.length)
for (const [index, byte] of MARK.subarray(0, -1).entries()) STEPS[byte] = MARK.length - 1 - index

/** As `indexOf`, which takes several times as long to begin: most pieces are short. */
function indexOfMark(bytes: Buffer, from: number): number {
  const last = MARK.length - 1
  for (let at = from + last; at < bytes.length; at += STEPS[bytes[at] ?? 0] ?? 1) {
    if (bytes[at] === MARK[last] && beginsWith(bytes, at - last, MARK)) return at - last
  }
  return -1
}

function beginsWith(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index += 1) if (bytes[at + index] !== text[index]) return false
  return true
}

/** Where the last whole line ends, behind its end; 0 when none does. */
function endOfLast(bytes: Buffer): number {
  if (bytes[bytes.length - 1] === LINE_FEED) return bytes.length
  return Math.max(bytes.lastIndexOf(LINE_FEED), bytes.lastIndexOf(CARRIAGE_RETURN)) + 1
}

function startOfLine(bytes: Buffer, at: number): number {
  return Math.max(bytes.lastIndexOf(LINE_FEED, at), bytes.lastIndexOf(CARRIAGE_RETURN, at)) + 1
}

function endOfLine(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(LINE_FEED, from)
  const end = feed === -1 ? bytes.length : feed
  const carriage = bytes.subarray(from, end).indexOf(CARRIAGE_RETURN)
  return carriage === -1 ? end : from + carriage
}

function hasFigures(line: Buffer): boolean {
  for (let mark = indexOfMark(line, 0); mark !== -1; mark = indexOfMark(line, mark + MARK.length)) {
    if (!isNull(line, mark)) return true
  }
  return false
}

/** Whether `"usage":null` stands here, as OpenAI says it in every chunk but the last. */
function isNull(bytes: Buffer, mark: number): boolean {
  let at = mark + MARK.length
  if (bytes[at] !== QUOTE) return false
  at += 1
  while (bytes[at] === SPACE) at += 1
  if (bytes[at] !== COLON) return true
  at += 1
  while (bytes[at] === SPACE) at += 1
  return bytes[at] === SMALL_N
}
