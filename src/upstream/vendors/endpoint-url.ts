/** Routes that people paste along with the base URL. */
const PASTED_ROUTE = /\/(?:chat\/completions|completions|responses|embeddings|messages|models)$/
const VERSION_SEGMENT = /\/v\d+[a-z0-9]*(?:\/|$)/

/** The base URL without blanks, final slashes or a pasted route; its query stays (Azure keeps `api-version` there). */
export function cleanBase(url: URL): URL {
  const base = new URL(url)
  base.pathname = trimSlashes(trimSlashes(base.pathname).replace(PASTED_ROUTE, ''))
  return base
}

/** Whether the base's path names a version: `v1`, `v1beta`, `v4` ... */
export function hasVersion(base: URL): boolean {
  return VERSION_SEGMENT.test(base.pathname)
}

/** The base as it is when it names a version, else with `version` appended. */
export function withVersion(base: URL, version: string): URL {
  return hasVersion(base) ? base : under(base, version)
}

/** The base with `path` appended (no leading slash) and query parameters added; parameters that the base has stay. */
export function under(base: URL, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(base)
  url.pathname = `${trimSlashes(base.pathname)}/${path}`
  for (const [name, value] of Object.entries(query)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, value)
  }
  return url
}

/** A path from the root of the base's host, without the base's query. */
export function fromRoot(base: URL, pathAndQuery: string): URL {
  return new URL(pathAndQuery, base.origin)
}

/** A path appended to the base, or a whole URL; null when that is of another origin, where no key may go. */
export function withinOrigin(base: URL, pathOrUrl: string): URL | null {
  const isWhole = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(pathOrUrl)
  const text = isWhole ? pathOrUrl : `${base.origin}${trimSlashes(base.pathname)}/${pathOrUrl.replace(/^\/+/, '')}`
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  return url.origin === base.origin && url.username === '' && url.password === '' ? url : null
}

function trimSlashes(path: string): string {
  return path.replace(/\/+$/, '')
}
