/** A method, and a path from behind the version. `*` stands for one segment, or for a part of one; `**` for one or more. */
export type RoutePattern = readonly [method: 'GET' | 'POST' | 'DELETE', path: string]

/** What manages an account rather than calling a model, by the words that vendors use for it in their paths. */
export const NEVER_PASSED: ReadonlySet<string> = new Set([
  ...['admin', 'account', 'accounts', 'organization', 'organizations', 'workspace', 'workspaces', 'user', 'users', 'members', 'invites'],
  ...['key', 'keys', 'api-keys', 'api_keys', 'apikeys', 'api-key', 'api_key', 'tokens', 'service_accounts', 'service-accounts', 'secrets'],
  // What hands out a credential of the vendor's own, with which a caller would go on past the gateway, or a secret of the account.
  ...['auth', 'oauth', 'token', 'single-use-token', 'get-signed-url', 'get_signed_url', 'client_secrets', 'secret', 'webhooks'],
  ...['billing', 'credits', 'balance', 'balances', 'usage', 'projects'],
  ...['files', 'batches', 'fine_tuning', 'fine-tuning', 'assistants', 'threads', 'vector_stores'],
])

/** Whether a method and a path are one of these. */
export function isListed(patterns: readonly RoutePattern[], method: string, path: readonly string[]): boolean {
  return patterns.some(([listed, pattern]) => listed === method && matches(segmentsOf(pattern), path))
}

/** Patterns are few, and asked at each call. */
const knownSegments = new Map<string, readonly string[]>()

function segmentsOf(pattern: string): readonly string[] {
  const known = knownSegments.get(pattern)
  if (known !== undefined) return known
  const segments = pattern.split('/')
  knownSegments.set(pattern, segments)
  return segments
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '**') {
    const head = pattern.slice(0, -1)
    return path.length > head.length && matches(head, path.slice(0, head.length))
  }
  return pattern.length === path.length && pattern.every((segment, index) => matchesSegment(segment, path[index] ?? ''))
}

/** One star at most. */
function matchesSegment(pattern: string, segment: string): boolean {
  const star = pattern.indexOf('*')
  if (star === -1) return pattern === segment
  const suffix = pattern.slice(star + 1)
  return segment.length > suffix.length && segment.endsWith(suffix)
}
