import { percentDecoded } from '../read-url.ts'

const PREFIX = '/ai'
/** Below it, the body names the model, and with it the provider. */
const ONE_URL = '/v1'

/** What a path below one of the prefixes asks for. Every text is byte for byte what the caller sent. */
export type CallPath =
  /** The providers that the token may call. */
  | { readonly kind: 'list' }
  /** Whether a provider can be called, without calling it. */
  | { readonly kind: 'provider'; readonly provider: string }
  /** A call: `rest` begins with a slash, `query` has no question mark. */
  | { readonly kind: 'call'; readonly provider: string; readonly rest: string; readonly query: string }
  /** A request to the one base URL for every model: `rest` begins with `/v1`. */
  | { readonly kind: 'one url'; readonly rest: string; readonly query: string }

/**
 * Whether the target of a request is a call route.
 * @param aliases other prefixes than `/ai`.
 */
export function isCallTarget(target: string, aliases: readonly string[]): boolean {
  const [path = ''] = target.split('?', 1)
  return prefixOf(path, aliases) !== undefined || isBelow(path, ONE_URL)
}

/** Reads the target of a request; null when it belongs to no call route. */
export function parseCallPath(target: string, aliases: readonly string[]): CallPath | null {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark + 1)
  const prefix = prefixOf(path, aliases)
  if (prefix === undefined) return isBelow(path, ONE_URL) ? { kind: 'one url', rest: path, query } : null
  const below = path.slice(prefix.length + 1)
  if (below === '') return { kind: 'list' }
  const slash = below.indexOf('/')
  // A name that cannot be decoded is nobody's.
  const provider = percentDecoded(slash === -1 ? below : below.slice(0, slash)) ?? ''
  if (slash === -1 || slash === below.length - 1) return { kind: 'provider', provider }
  return { kind: 'call', provider, rest: below.slice(slash), query }
}

function prefixOf(path: string, aliases: readonly string[]): string | undefined {
  return isBelow(path, PREFIX) ? PREFIX : aliases.find((alias) => isBelow(path, alias))
}

function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path[prefix.length] ?? '/') === '/'
}

/** Where calls to the provider of this name begin. */
export function callPath(name: string): string {
  return `${PREFIX}/${encodeURIComponent(name)}`
}
