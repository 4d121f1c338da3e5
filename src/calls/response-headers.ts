import { nominatedBy } from './raw-headers.ts'

/** Headers of a vendor's answer that end here: they belong to its connection or its site, not to the answer. */
const DROPPED: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['set-cookie', 'set-cookie2', 'alt-svc', 'server', 'via', 'strict-transport-security'],
  ...['public-key-pins', 'clear-site-data', 'refresh', 'service-worker-allowed', 'nel', 'report-to', 'reporting-endpoints', 'accept-ch'],
  // Addresses at the vendor: a client that went on there would show it the gateway's token.
  ...['location', 'content-location', 'operation-location', 'azure-asyncoperation', 'link'],
  ...['x-goog-upload-url', 'x-goog-upload-control-url'],
  // Ours stand in their place.
  ...['content-security-policy', 'content-security-policy-report-only', 'referrer-policy', 'x-content-type-options'],
  'x-accel-buffering',
])

const DROPPED_PREFIXES = ['access-control-', 'proxy-', 'x-gateway-']

/** What our pages rely on: an answer of a vendor, opened in a browser, is no page of ours. */
const ALWAYS = [
  ...['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ...['referrer-policy', 'no-referrer', 'x-content-type-options', 'nosniff'],
]

export interface AnswerHeaderOptions {
  readonly requestId: string
  /** How often the vendor was called. */
  readonly attempts: number
  /** Whether the body goes to the caller byte for byte. */
  readonly isUntouched: boolean
  /** Which target of a model route answered, as `provider/model`; null for a call of one provider. */
  readonly target: string | null
}

/** The headers of an answer to the caller, as name and value in turns. */
export function answerHeaders(raw: readonly string[], { requestId, attempts, isUntouched, target }: AnswerHeaderOptions): string[] {
  const headers: string[] = []
  const nominated = nominatedBy(raw)
  let hasCacheControl = false
  let isStream = false
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const lower = name.toLowerCase()
    if (isDropped(lower, isUntouched) || nominated.has(lower)) continue
    const value = raw[index + 1] ?? ''
    if (lower === 'cache-control') hasCacheControl = true
    if (lower === 'content-type') isStream = value.toLowerCase().startsWith('text/event-stream')
    headers.push(name, value)
  }
  headers.push(...ALWAYS, 'x-gateway-request-id', requestId)
  if (attempts > 1) headers.push('x-gateway-attempts', String(attempts))
  if (target !== null) headers.push('x-gateway-target', target)
  if (!hasCacheControl) headers.push('cache-control', 'no-store')
  // Asks a reverse proxy to hand on each event at once.
  if (isStream) headers.push('x-accel-buffering', 'no')
  return headers
}

function isDropped(lower: string, isUntouched: boolean): boolean {
  if (DROPPED.has(lower) || DROPPED_PREFIXES.some((prefix) => lower.startsWith(prefix))) return true
  return !isUntouched && (lower === 'content-length' || lower === 'content-encoding' || lower === 'etag' || lower === 'content-md5')
}
