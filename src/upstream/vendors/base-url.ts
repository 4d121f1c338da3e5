import { join, withoutFinalSlash } from '../client/join.ts'
import { parseTarget, type Target } from '../client/target.ts'

/** Routes that people paste along with the base URL. */
const PASTED_ROUTE = /\/(?:chat\/completions|completions|responses|embeddings|messages|models)$/
const VERSION_SEGMENT = /\/v\d+[a-z0-9]*(?:\/|$)/

/** The base without its final slash or a pasted route; its query stays (Azure keeps `api-version` there). */
export function cleanBase(base: Target): Target {
  return { ...base, path: withoutFinalSlash(base.path).replace(PASTED_ROUTE, '') }
}

/** Whether the base's path names a version: `v1`, `v1beta`, `v4` ... */
export function hasVersion(base: Target): boolean {
  return VERSION_SEGMENT.test(base.path)
}

/** The base as it is when it names a version, else with `version` appended. */
export function withVersion(base: Target, version: string): Target {
  return hasVersion(base) ? base : under(base, version)
}

/** The base with a route of the type's own appended (no leading slash) and query parameters added; those that the base has stay. */
export function under(base: Target, route: string, query: Readonly<Record<string, string>> = {}): Target {
  const joined = join(base, `/${route}`, query)
  if (joined === null) throw new Error(`${route} is no route that can be sent.`)
  return joined
}

/** A route of the type's own from the root of the base's host, without the base's query. */
export function fromRoot(base: Target, route: string, query: Readonly<Record<string, string>>): Target {
  return under({ ...base, path: '', query: '' }, route, query)
}

/**
 * Where a stored text says that the models are listed: a path below the base, or a whole URL that begins as the base does.
 * Null for any other text: no key goes there.
 */
export function belowBase(base: Target, pathOrUrl: string): Target | null {
  const isUrl = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(pathOrUrl)
  const [path = '', query = ''] = isUrl ? (partsBelow(base, pathOrUrl) ?? []) : splitQuery(pathOrUrl)
  const joined = join(base, path.startsWith('/') ? path : `/${path}`)
  if (joined === null || /[^\x21-\x7e]|[#'"<>\\]/.test(query)) return null
  return query === '' ? joined : { ...joined, query: base.query === '' ? query : `${base.query}&${query}` }
}

function partsBelow(base: Target, url: string): [string, string] | null {
  const parsed = parseTarget(url)
  if (parsed.kind !== 'target' || parsed.target.origin !== base.origin) return null
  const { path, query } = parsed.target
  return path.startsWith(`${base.path}/`) ? [path.slice(base.path.length), query] : null
}

function splitQuery(text: string): [string, string] {
  const at = text.indexOf('?')
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
