import { percentDecoded } from '../read-url.ts'

/** Parameters that carry a credential at one vendor or another. A caller's token may stand in them, and goes nowhere. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  ...['key', 'api_key', 'api-key', 'apikey', 'access_token', 'oauth_token', 'bearer_token', 'token'],
  ...['x-api-key', 'x-goog-api-key'],
  // Google takes any header, and another method, from these: with them a caller would get past the lists of both.
  ...['httpheaders', 'httpmethod'],
])

/**
 * The query of a call: the caller's own, byte for byte and without credentials, then what the base URL's query has and the
 * caller left out.
 * @param fallback added when neither names it, e.g. Azure's `api-version`.
 */
export function callQuery(callers: string, bases: string, fallback: Readonly<Record<string, string>>): string {
  const parts = partsOf(callers).filter((part) => !isCredential(nameOf(part)))
  const named = new Set(parts.map(nameOf))
  const added = partsOf(bases).filter((part) => !named.has(nameOf(part)))
  for (const part of added) named.add(nameOf(part))
  const defaults = Object.entries(fallback).flatMap(([name, value]) => (named.has(name) ? [] : [`${name}=${value}`]))
  return [...parts, ...added, ...defaults].join('&')
}

/** Whether a query can be passed on: it is sent byte for byte, so it may not end the request line. */
export function isSafeQuery(query: string): boolean {
  return /^[\x21-\x22\x24-\x7e]*$/.test(query)
}

/** Whether a query names a parameter. */
export function hasParameter(query: string, name: string): boolean {
  return partsOf(query).some((part) => nameOf(part) === name)
}

/** Parameters by which Google's APIs leave members of an answer out, or write it in another form than JSON. */
const SHAPES: ReadonlySet<string> = new Set(['fields', 'callback'])

/** The query without what makes Google leave out, or hide, what a call has used. */
export function withoutShapes(query: string): string {
  return partsOf(query)
    .filter((part) => !isShape(part))
    .join('&')
}

function isShape(part: string): boolean {
  const bare = bareName(nameOf(part))
  return SHAPES.has(bare) || (bare === 'alt' && !/^[^=]*=(?:sse|json)$/i.test(part))
}

function isCredential(name: string): boolean {
  // AWS reads a whole signature from parameters.
  const bare = bareName(name)
  return CREDENTIALS.has(bare) || bare.startsWith('x-amz-')
}

/** Google reads its parameters with `$.` or `$` in front too. */
function bareName(name: string): string {
  return name.toLowerCase().replace(/^\$\.?/, '')
}

function partsOf(query: string): string[] {
  return query.split('&').filter((part) => part !== '')
}

function nameOf(part: string): string {
  const [name = ''] = part.split('=', 1)
  return percentDecoded(name.replaceAll('+', ' '))?.trim() ?? name
}
