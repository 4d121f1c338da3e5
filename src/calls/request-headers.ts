import { TOKEN_SLOTS } from './call-token.ts'
import { nominatedBy } from './raw-headers.ts'

/** Headers of callers that reach the vendor. Every other one is dropped: behind a relay an unknown one may send the key elsewhere. */
const PASSED: ReadonlySet<string> = new Set([
  ...['accept', 'accept-encoding', 'accept-language', 'content-encoding', 'content-language', 'content-type', 'user-agent'],
  ...['traceparent', 'tracestate', 'idempotency-key', 'x-title', 'http-referer', 'x-initiator', 'x-client-request-id'],
  ...['x-goog-api-client', 'x-goog-user-project', 'editor-version', 'editor-plugin-version', 'copilot-integration-id'],
  // Google's and Runway's versions of their APIs, and OpenRouter's new name of `x-title`.
  ...['api-revision', 'x-runway-version', 'x-openrouter-title'],
])
const PASSED_PREFIXES = ['anthropic-', 'openai-', 'x-stainless-', 'ai-', 'x-amzn-bedrock-', 'x-fern-']

/** The names, and the beginnings of names, that pass. */
export const PASSED_NAMES: readonly string[] = [...PASSED, ...PASSED_PREFIXES]

/** Headers that no list can let through: they belong to one connection, carry a credential, or name an address. */
const NEVER: ReadonlySet<string> = new Set([
  ...TOKEN_SLOTS,
  ...['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'host', 'content-length'],
  ...['cookie', 'forwarded', 'via', 'x-real-ip', 'true-client-ip', 'origin', 'referer', 'xi-api-key', 'http2-settings'],
])
const NEVER_PREFIXES = ['proxy-', 'x-forwarded-', 'cf-', 'sec-', 'x-amz-']

/** Whatever the lists say: a name that speaks of a credential or of an address would carry the stored key's rights elsewhere. */
const CREDENTIAL_NAME = /(?:^|-)(?:api-?key|auth-?token|access-?token|secret|authorization|password)$/
const ADDRESS_NAME = /(?:^|-)(?:base-?url|url|uri|host|hostname|endpoint|origin|target|proxy|upstream)(?:-|$)/

/** Whether a header may ever be on a provider's own list (`callHeaders`). */
function mayBePassed(name: string): boolean {
  const lower = name.toLowerCase()
  return !NEVER.has(lower) && !NEVER_PREFIXES.some((prefix) => lower.startsWith(prefix))
}

/** Whether a caller's header reaches the vendor; `more` holds the provider's own list, in lower case. */
function isPassed(lower: string, more: ReadonlySet<string>): boolean {
  if (PASSED.has(lower)) return true
  if (more.has(lower)) return mayBePassed(lower)
  const isFamily = PASSED_PREFIXES.some((prefix) => lower.startsWith(prefix))
  return isFamily && !CREDENTIAL_NAME.test(lower) && !ADDRESS_NAME.test(lower)
}

/**
 * The caller's headers that reach the vendor, as name and value in turns, in the order and the spelling in which they came.
 * @param raw `rawHeaders` of the request.
 * @param tokenHeaders where else a token of the gateway may stand: no list lets one of these through.
 */
export function passedHeaders(raw: readonly string[], more: ReadonlySet<string>, tokenHeaders: readonly string[]): string[] {
  const passed: string[] = []
  let nominated: ReadonlySet<string> | null = null
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const lower = name.toLowerCase()
    if (tokenHeaders.includes(lower) || !isPassed(lower, more)) continue
    nominated ??= nominatedBy(raw)
    // The first content type is the one by which the body was read: a vendor must not read it by another.
    const isRepeated = lower === 'content-type' && passed.some((text, at) => at % 2 === 0 && text.toLowerCase() === lower)
    if ((!nominated.has(lower) || OF_CONTENT.has(lower)) && !isRepeated) passed.push(name, raw[index + 1] ?? '')
  }
  return passed
}

/** By these the body was read: a vendor must not read it without them, whatever `Connection` says (RFC 9110, section 7.6.1). */
const OF_CONTENT: ReadonlySet<string> = new Set(['content-type', 'content-encoding'])

/** The pairs with these set, in place of all that they have of the same name in any case. */
export function withHeaders(pairs: readonly string[], headers: Readonly<Record<string, string>>): string[] {
  const added = Object.entries(headers)
  if (added.length === 0) return [...pairs]
  const replaced = new Set(added.map(([name]) => name.toLowerCase()))
  const result: string[] = []
  for (let index = 0; index < pairs.length; index += 2) {
    const name = pairs[index] ?? ''
    if (!replaced.has(name.toLowerCase())) result.push(name, pairs[index + 1] ?? '')
  }
  for (const [name, value] of added) result.push(name, value)
  return result
}
