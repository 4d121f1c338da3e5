import { NO_USAGE, type ReadUsage } from '../../usage/token-usage.ts'
import { showsNone } from '../shows-none.ts'
import type { AnswerReader } from './answer-reader.ts'
import { Decoder, decoderOf } from './decoder.ts'
import { Figures } from './figures.ts'
import { FrameReader } from './frame-reader.ts'
import { JsonReader } from './json-reader.ts'
import { LineReader } from './line-reader.ts'

/** The head of an answer, as far as it tells how the figures can be read. */
export interface TappedHead {
  /** Both in small letters. */
  readonly contentType: string
  readonly contentEncoding: string
  /** Name and value in turns. */
  readonly headers: readonly string[]
  /** What was sent to the vendor and nobody may see: an endpoint may write it back. */
  readonly secrets: readonly string[]
}

/** What is no name of this form is not kept: whoever answers may write anything there. */
const MODEL_NAME = /^[\w.:=+/@ -]{1,200}$/

/**
 * Reads what a call used beside the copy of its answer: it sees each piece after the caller was sent it. Whatever goes wrong here
 * touches no call.
 */
export class UsageTap {
  readonly #figures = new Figures()
  readonly #reader: AnswerReader | null
  readonly #decoder: Decoder | null
  readonly #secrets: readonly string[]
  #isWhole = false
  #isBroken = false
  #result: ReadUsage | null = null

  constructor({ contentType, contentEncoding, headers, secrets }: TappedHead) {
    this.#secrets = secrets
    const open = isPlain(contentEncoding) ? null : decoderOf(contentEncoding)
    const isReadable = isPlain(contentEncoding) || open !== null
    this.#reader = isReadable ? readerOf(contentType, this.#figures) : null
    this.#decoder = open === null || this.#reader === null ? null : new Decoder(open, (bytes) => this.#read(bytes))
    const counts = bedrockCounts(headers)
    if (counts !== null) this.#figures.take(counts, true)
  }

  /** Whether what is still to come can tell anything. */
  get isReading(): boolean {
    return this.#reader !== null && !this.#isBroken
  }

  /** The bytes are not changed; a short answer is kept until it is read. */
  write(bytes: Buffer): void {
    try {
      if (this.#decoder === null) this.#read(bytes)
      else this.#decoder.write(bytes)
    } catch {
      this.#isBroken = true
    }
  }

  /** The answer has come to its end. */
  end(): void {
    this.#isWhole = true
  }

  /** Settles when the answer, of which no more comes, is decoded; null when it is not compressed. */
  decoded(): Promise<void> | null {
    if (this.#decoder === null) return null
    return this.#decoder.end().then((isRead) => {
      if (!isRead) this.#isBroken = true
    })
  }

  /** What the answer tells, when it has come to its end and is decoded. */
  result(): ReadUsage {
    this.#result ??= this.#finish()
    return this.#result
  }

  /** The model that the vendor says has answered, likewise; null when it does not say. */
  get answeredModel(): string | null {
    // Which reads what is still held.
    this.result()
    const { model } = this.#figures
    return model !== null && MODEL_NAME.test(model) && showsNone(model, this.#secrets) ? model : null
  }

  /** Whether the vendor says in its stream that it failed, likewise. */
  get tellsFailure(): boolean {
    this.result()
    return this.#figures.hasFailed
  }

  #read(bytes: Buffer): void {
    if (this.#isBroken) return
    try {
      this.#reader?.write(bytes)
    } catch {
      this.#isBroken = true
    }
  }

  #finish(): ReadUsage {
    try {
      this.#reader?.end()
      return this.#isBroken ? NO_USAGE : this.#figures.result(this.#isWhole)
    } catch {
      return NO_USAGE
    }
  }
}

function isPlain(contentEncoding: string): boolean {
  return contentEncoding === '' || contentEncoding === 'identity'
}

/** Null for an answer that tells no figures: sound, a picture. */
function readerOf(contentType: string, figures: Figures): AnswerReader | null {
  const [type = ''] = contentType.split(';', 1)
  switch (type.trim()) {
    case 'text/event-stream':
      return new LineReader(figures)
    case 'application/x-ndjson':
    case 'application/jsonl':
    case 'application/stream+json':
      return new JsonReader(figures, true)
    case 'application/vnd.amazon.eventstream':
      return new FrameReader(figures)
    case 'application/json':
      return new JsonReader(figures)
    default:
      return /^application\/(?:[\w.-]+\+)?json$/.test(type.trim()) ? new JsonReader(figures) : null
  }
}

const BEDROCK_COUNT = /^x-amzn-bedrock-(input|output|cache-read-input|cache-write-input)-token-count$/
const BEDROCK_NAMES: Readonly<Record<string, string>> = {
  input: 'inputTokenCount',
  output: 'outputTokenCount',
  'cache-read-input': 'cacheReadInputTokenCount',
  'cache-write-input': 'cacheWriteInputTokenCount',
}
const SHORTEST_COUNT = 'x-amzn-bedrock-input-token-count'.length

/** InvokeModel tells its figures in headers: the vendors of its models have many forms. */
function bedrockCounts(headers: readonly string[]): Record<string, number> | null {
  const counts: Record<string, number> = {}
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (name.length < SHORTEST_COUNT) continue
    const [, count = ''] = BEDROCK_COUNT.exec(name.toLowerCase()) ?? []
    const figure = BEDROCK_NAMES[count]
    const value = headers[index + 1] ?? ''
    if (figure !== undefined && /^\d{1,15}$/.test(value)) counts[figure] = Number(value)
  }
  return Object.keys(counts).length === 0 ? null : counts
}
