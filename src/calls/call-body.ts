import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import type { BodyBudget } from './body-budget.ts'
import { CallError } from './error-codes.ts'

/** The body of a call, as it goes to the vendor: byte for byte. */
export type CallBody =
  | { readonly kind: 'none' }
  /** In memory, so that it can be sent again. */
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Goes through as it comes, once. `head`: its first part, where somebody has to read that. */
  | { readonly kind: 'stream'; readonly stream: Readable; readonly length: number | null; readonly head: Buffer | null }

export interface BodyLimits {
  readonly maxBytes: number
  readonly budget: BodyBudget
  /** Whose call it is. */
  readonly tokenId: string
  /** Whether forms are read here: they are kept whole then, or their first part where their length is unknown. */
  readonly readsForms?: boolean
}

/** A body that is read, and the memory that it holds. */
export interface ReadCallBody {
  readonly body: CallBody
  /** Frees the memory; it may be called again. */
  release(): void
}

/** Bodies that are no JSON are kept in memory up to this size, so that a small upload can be sent with another key. */
const MAX_KEPT_UPLOAD = 1_048_576

/**
 * Reads the body of a call. JSON is kept whole; another body is kept when it is small, and streamed when it is not. Counts what
 * arrives, whatever the header promised. Null when the caller has gone away meanwhile.
 * @throws CallError `request_too_large`, `overloaded`.
 */
export async function readCallBody(request: IncomingMessage, response: ServerResponse, limits: BodyLimits): Promise<ReadCallBody | null> {
  const { 'content-length': stated, 'transfer-encoding': coding, expect } = request.headers
  if (stated === undefined && coding === undefined) return { body: { kind: 'none' }, release: () => {} }
  const length = stated === undefined ? null : Number(stated)
  if (length !== null && length > limits.maxBytes) throw tooLarge(limits.maxBytes)
  // Only now, so that whoever is refused sends nothing.
  if (expect !== undefined && request.httpVersion !== '1.0') response.writeContinue()
  if (length === 0) return { body: { kind: 'none' }, release: () => {} }
  // Whoever left while the call was looked at is heard of no more.
  if (request.destroyed) return null
  const mostKept = limits.readsForms ? limits.maxBytes : MAX_KEPT_UPLOAD
  const isKept = isJson(request.headers['content-type']) || (length !== null && length <= mostKept)
  if (!isKept && length !== null)
    return { body: { kind: 'stream', stream: limited(request, limits.maxBytes), length, head: null }, release: () => {} }
  return collect(request, limits, { length, streamBeyond: isKept ? null : MAX_KEPT_UPLOAD })
}

/** Whether a content type is JSON; a body without one is taken for JSON, which is all that most routes accept. */
export function isJson(contentType: string | undefined): boolean {
  return contentType === undefined || /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType)
}

interface CollectOptions {
  readonly length: number | null
  /** How many bytes are kept before the rest is streamed; null when all are kept. */
  readonly streamBeyond: number | null
}

function collect(
  request: IncomingMessage,
  { maxBytes, budget, tokenId, readsForms }: BodyLimits,
  { length, streamBeyond }: CollectOptions,
): Promise<ReadCallBody | null> {
  const hold = new Hold(budget, tokenId)
  const gathered = new Gathered(length)
  const refusalOf = (size: number) => (size > maxBytes ? tooLarge(maxBytes) : hold.growTo(size))
  return new Promise<ReadCallBody | null>((resolve, reject) => {
    const stop = () => request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
    const finish = (read: ReadCallBody | null) => {
      stop()
      if (read === null) hold.release()
      resolve(read)
    }
    const refuse = (error: CallError) => {
      stop()
      hold.release()
      reject(error)
      // What is still to come flows into nothing, so that the caller hears the refusal.
      request.resume()
    }
    const onGone = () => finish(null)
    const onEnd = () => finish({ body: { kind: 'whole', bytes: gathered.bytes() }, release: () => hold.release() })
    const onData = (chunk: Buffer) => {
      const size = gathered.size + chunk.length
      const refusal = refusalOf(size)
      if (refusal !== null) return refuse(refusal)
      gathered.add(chunk)
      if (streamBeyond === null || size <= streamBeyond) return
      const head = readsForms ? gathered.bytes() : null
      stop()
      const stream = continued(gathered.parts, request, maxBytes)
      resolve({ body: { kind: 'stream', stream, length: null, head }, release: () => hold.release() })
    }
    const refusal = refusalOf(length ?? 0)
    if (refusal !== null) return refuse(refusal)
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

/** What one body takes of the budget. */
class Hold {
  readonly #budget: BodyBudget
  readonly #tokenId: string
  #bytes = 0

  constructor(budget: BodyBudget, tokenId: string) {
    this.#budget = budget
    this.#tokenId = tokenId
  }

  /** Null when there is room for so many bytes. */
  growTo(bytes: number): CallError | null {
    if (bytes <= this.#bytes) return null
    if (!this.#budget.take(this.#tokenId, bytes - this.#bytes, this.#bytes)) return overloaded()
    this.#bytes = bytes
    return null
  }

  release(): void {
    this.#budget.giveBack(this.#tokenId, this.#bytes)
    this.#bytes = 0
  }
}

/** What has come of a body. Where its length is known, each part is free again at once: kept to the end they cost twice as much to collect. */
class Gathered {
  readonly #length: number | null
  readonly parts: Buffer[] = []
  #whole: Buffer | null = null
  size = 0

  constructor(length: number | null) {
    this.#length = length
  }

  add(part: Buffer): void {
    if (this.#length === null || part.length === this.#length) this.parts.push(part)
    else {
      this.#whole ??= Buffer.allocUnsafeSlow(this.#length)
      part.copy(this.#whole, this.size)
    }
    this.size += part.length
  }

  bytes(): Buffer {
    return this.#whole?.subarray(0, this.size) ?? joined(this.parts, this.size)
  }
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size)
}

/** What was read already, and then the rest as it comes. */
function continued(chunks: readonly Buffer[], rest: Readable, maxBytes: number): Readable {
  const stream = new PassThrough()
  for (const chunk of chunks) stream.write(chunk)
  const size = chunks.reduce((sum, { length }) => sum + length, 0)
  return pipeCounted(rest, stream, maxBytes - size)
}

function limited(source: Readable, maxBytes: number): Readable {
  return pipeCounted(source, new PassThrough(), maxBytes)
}

/** Hands on a stream, and breaks it off when it is longer than it may be, or than it said, or ends early. */
function pipeCounted(source: Readable, target: PassThrough, maxBytes: number): Readable {
  let left = maxBytes
  source.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) target.destroy(tooLarge(maxBytes))
  })
  source.once('error', (error) => target.destroy(error))
  source.once('close', () => {
    if (!source.readableEnded) target.destroy(new Error('The caller is gone.'))
  })
  target.once('close', () => source.unpipe(target))
  // Nobody may listen any more when it breaks off, and an unheard error ends the process.
  target.on('error', () => {})
  return source.pipe(target)
}

function tooLarge(maxBytes: number): CallError {
  const limit = Math.floor(maxBytes / 1_048_576)
  return new CallError('request_too_large', `The body is larger than ${limit} MiB, the limit of this gateway (CALL_MAX_BODY_BYTES).`)
}

function overloaded(): CallError {
  return new CallError('overloaded', 'Request bodies use all the memory that the gateway allows for them. Try again in a second.', {
    retryAfterMs: 1_000,
  })
}
