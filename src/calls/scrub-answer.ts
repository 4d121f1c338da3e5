import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { Scrubber } from '../upstream/vendors/scrub.ts'
import type { HeldAnswer } from './attempt.ts'
import { headerOf } from './raw-headers.ts'

/** A small body may unpack to gigabytes. */
const MAX_UNPACKED_BYTES = 1_048_576
const LIMIT = { maxOutputLength: MAX_UNPACKED_BYTES }

/** The text of a whole body, decoded as its `content-encoding` says; null when it is not whole or cannot be decoded. */
export function textOf({ body, isWhole, headers }: HeldAnswer): string | null {
  if (!isWhole) return null
  try {
    return decode(body, headerOf(headers, 'content-encoding')).toString('utf8')
  } catch {
    return null
  }
}

function decode(body: Buffer, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return body
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, LIMIT)
    case 'deflate':
      return inflateSync(body, LIMIT)
    case 'br':
      return brotliDecompressSync(body, LIMIT)
    default:
      throw new Error('An encoding that nobody here can read.')
  }
}

/**
 * A refusal without what it shows of the secrets that were sent.
 * @returns the headers that may be shown, and a body in place of the vendor's; null when that may go out as it came.
 */
export function scrubAnswer(answer: HeldAnswer, scrubber: Scrubber): { readonly headers: readonly string[]; readonly body: Buffer | null } {
  const text = textOf(answer)
  const body = text === null || scrubber.isClean(text) ? null : Buffer.from(scrubber.hide(text))
  return { headers: withoutSecrets(answer.headers, scrubber), body }
}

function withoutSecrets(headers: readonly string[], scrubber: Scrubber): readonly string[] {
  const isShown = (at: number) => [headers[at], headers[at + 1]].every((text = '') => scrubber.isClean(text))
  return headers.filter((_text, index) => isShown(index - (index % 2)))
}
