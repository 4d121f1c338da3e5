import type { ServerResponse } from 'node:http'
import type { RunningCall } from '../upstream/client/call-pool.ts'
import { NO_USAGE, type ReadUsage } from '../usage/token-usage.ts'
import { headerOf } from './raw-headers.ts'
import { UsageTap } from './usage-tap/usage-tap.ts'

const LINE_FEED = 0x0a
/** How long the last bytes of a broken stream may take to reach a caller who does not read. */
const LAST_WORDS_MS = 5_000

/** Hands the vendor's answer on to the caller as it comes: one write for each chunk, at the pace of the caller. */
export class Relay {
  readonly #response: ServerResponse
  #source: RunningCall | null = null
  #isEventStream = false
  #isStream = false
  #isEncoded = false
  /** The last two bytes that were sent. */
  #tail: readonly [number, number] = [LINE_FEED, LINE_FEED]
  #bytes = 0
  #firstByteAt: number | null = null
  #isReadAlone = false
  #isHeldUp = false
  #tap: UsageTap | null = null

  constructor(response: ServerResponse) {
    this.#response = response
    response.on('drain', () => {
      this.#isHeldUp = false
      this.#source?.resume()
    })
  }

  get bytes(): number {
    return this.#bytes
  }

  /** When the head went out, by `performance.now()`; null before. */
  get firstByteAt(): number | null {
    return this.#firstByteAt
  }

  /** Whether the answer is a stream of events, of AWS's binary ones too. */
  get isStream(): boolean {
    return this.#isStream
  }

  /** Whether the vendor waits for the caller to take what has come. */
  get isHeldUp(): boolean {
    return this.#isHeldUp
  }

  get hasBegun(): boolean {
    return this.#firstByteAt !== null
  }

  /** @param headers name and value in turns. @param secrets what the vendor was sent and nobody may see. */
  begin(status: number, headers: readonly string[], source: RunningCall, secrets: readonly string[]): void {
    this.#source = source
    this.#firstByteAt = performance.now()
    const contentType = headerOf(headers, 'content-type').toLowerCase()
    this.#isEventStream = contentType.startsWith('text/event-stream')
    this.#isStream = this.#isEventStream || contentType.startsWith('application/vnd.amazon.eventstream')
    const contentEncoding = headerOf(headers, 'content-encoding').toLowerCase()
    this.#isEncoded = !['', 'identity'].includes(contentEncoding)
    if (tellsUsage(this.#response, status)) this.#tap = new UsageTap({ contentType, contentEncoding, headers, secrets })
    this.#response.writeHead(status, [...headers])
    // The head goes out with the first bytes when these are here already, and alone when they keep us waiting.
    setImmediate(() => {
      if (this.#bytes === 0 && !this.#response.writableEnded && !this.#response.destroyed) this.#response.flushHeaders()
    })
  }

  write(chunk: Buffer): void {
    if (this.#isReadAlone) return void this.#tap?.write(chunk)
    this.#bytes += chunk.length
    if (this.#isEventStream) this.#tail = [chunk.at(-2) ?? this.#tail[1], chunk.at(-1) ?? 0]
    if (!this.#response.write(chunk)) {
      this.#isHeldUp = true
      this.#source?.pause()
    }
    this.#tap?.write(chunk)
  }

  end(): void {
    if (!this.#isReadAlone) this.#response.end()
    this.#tap?.end()
  }

  /** Nobody takes the answer any more: what is to come of it is read for its figures alone. False, and nothing changed, when it can tell none. */
  readAlone(): boolean {
    if (!this.#tap?.isReading) return false
    this.#isReadAlone = true
    this.#source?.resume()
    return true
  }

  /** Lets go of the vendor's answer, and so of the body that was sent: the relay itself is kept until its call is written down. */
  release(): void {
    this.#source = null
  }

  /** Settles when a compressed answer, of which no more comes, can be read; null for any other. */
  decoded(): Promise<void> | null {
    return this.#tap?.decoded() ?? null
  }

  /** What the vendor reports of the call's tokens, in an answer that has ended and is decoded. */
  usage(): ReadUsage {
    return this.#tap?.result() ?? NO_USAGE
  }

  /** The model that the vendor says has answered, likewise; null when it does not say. */
  get answeredModel(): string | null {
    return this.#tap?.answeredModel ?? null
  }

  /** Whether the vendor says in its stream that it failed, likewise. Other answers are read when there is time. */
  get tellsFailure(): boolean {
    return this.#isStream && (this.#tap?.tellsFailure ?? false)
  }

  /** A whole answer that is not the vendor's own bytes. */
  answer(status: number, headers: readonly string[], body: Buffer): void {
    this.#firstByteAt = performance.now()
    this.#bytes += body.length
    this.#response.writeHead(status, [...headers, 'content-length', String(body.length)])
    this.#response.end(body)
  }

  /**
   * The vendor broke off. Never a clean end, which SDKs take for the end of the answer: an event that says so where the format has
   * one and can still be written, and then the connection is cut.
   */
  breakOff(event: string | null): void {
    const response = this.#response
    if (!this.#isEventStream || this.#isEncoded || event === null || response.destroyed) return void cut(response)
    const timer = setTimeout(() => response.destroy(), LAST_WORDS_MS)
    response.once('close', () => clearTimeout(timer))
    response.write(this.#endOfEvent() + event, () => response.destroy())
  }

  /** What ends a line or an event that was begun. */
  #endOfEvent(): string {
    const [before, last] = this.#tail
    if (last !== LINE_FEED) return '\n\n'
    return before === LINE_FEED ? '' : '\n'
  }
}

/** To a client of HTTP/1.0 the end of the connection is that of the answer: only a reset tells that it is not whole. */
function cut(response: ServerResponse): void {
  if (response.req.httpVersion === '1.0') response.socket?.resetAndDestroy()
  response.destroy()
}

/** A read shows what another call has used. */
function tellsUsage({ req }: ServerResponse, status: number): boolean {
  return status < 300 && req.method === 'POST'
}
