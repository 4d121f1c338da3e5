import { percentDecoded } from '../../read-url.ts'
import { type Target, targetAt } from './target.ts'

/**
 * The target with a route appended: the one place where a path is made. It joins texts and reads no URL, since a URL parser
 * would resolve dot segments, encoded ones too, and take `//host` for another host.
 * @param base its path has no final slash left that means nothing. @param route begins with a slash. @param query parameters that are added unless the target has them.
 * @returns null for a route that may not be sent: see `isRoute`.
 */
export function join(base: Target, route: string, query: Readonly<Record<string, string>> = {}): Target | null {
  return isRoute(route) ? targetAt(base, base.path + route, mergeQuery(base.query, query)) : null
}

/** Nothing in such a route means anything but itself. */
const PLAIN_ROUTE = /^(?:\/[A-Za-z0-9_:-]+)+$/

/**
 * Whether a route, which a caller or a stored setting names, stays below the path that it is appended to: one slash at its
 * start and none doubled, no dot segment (plain, or encoded once or twice, or with `;`), no backslash, no `#`, no control or
 * non-ASCII character, no broken `%`.
 */
export function isRoute(route: string): boolean {
  if (PLAIN_ROUTE.test(route)) return true
  if (!/^\/[\x21-\x7e]+$/.test(route) || /[\\#?]|\/\//.test(route)) return false
  // A server behind a proxy may decode once more than the proxy: what is hidden by encoding twice counts too.
  const decoded = decodings(route, 3)
  return decoded?.every((text) => !/[\\\p{Cc}]|:\/\//u.test(text) && !text.split('/').some(isDotSegment)) ?? false
}

/** The path without the one slash at its end that makes no difference. */
export function withoutFinalSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

function isDotSegment(segment: string): boolean {
  return /^\.{1,2}(?:;.*)?$/s.test(segment)
}

/** The text, and what it becomes when it is decoded again and again; null when it cannot be decoded. */
function decodings(text: string, times: number): string[] | null {
  const decoded = percentDecoded(text)
  if (decoded === null) return null
  const rest = decoded === text || times === 0 ? [] : decodings(decoded, times - 1)
  return rest && [text, ...rest]
}

function mergeQuery(query: string, added: Readonly<Record<string, string>>): string {
  const names = query.split('&').map((pair) => decodedName(pair))
  const missing = Object.entries(added).filter(([name]) => !names.includes(name))
  const pairs = missing.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return [query, ...pairs].filter((part) => part !== '').join('&')
}

function decodedName(pair: string): string {
  const name = (pair.split('=')[0] ?? '').replace(/\+/g, ' ')
  return percentDecoded(name) ?? name
}
