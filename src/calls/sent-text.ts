import type { AcceptedCall } from './accepted-call.ts'

/** Of more than this nobody looks for words. */
const MOST_BYTES = 1_048_576

/**
 * What the caller wrote into a request that a vendor may quote in an error: its URL, the values of its headers, its body. Null when
 * that cannot be read.
 * @param url at the vendor, without what the operator chose.
 */
export function sentText({ request: { rawHeaders, headers }, body }: Pick<AcceptedCall, 'request' | 'body'>, url: string): string | null {
  const isPlain = ['identity', undefined].includes(headers['content-encoding']?.toLowerCase())
  if (!isPlain || body.kind === 'stream' || (body.kind === 'whole' && body.bytes.length > MOST_BYTES)) return null
  const values = rawHeaders.filter((_text, index) => index % 2 === 1)
  const text = body.kind === 'whole' ? body.bytes.toString('utf8') : ''
  return [unescaped(url, /%([0-9a-f]{2})/gi), ...values, unescaped(text, /\\u([0-9a-f]{4})/gi)].join('\n')
}

function unescaped(text: string, pattern: RegExp): string {
  return text.replace(pattern, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
