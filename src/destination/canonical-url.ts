import { domainToASCII, domainToUnicode } from 'node:url'
import { readUrl } from '../read-url.ts'

/** Written out: a name of letters, digits and marks, or a bracketed IPv6 address, then a port, a path and a query. */
const ABSOLUTE_URL = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/?#\\@:[\]%]+)(?::([0-9]*))?(\/[^?#]*)?(\?[^#]*)?$/
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i

/**
 * A URL as one text that stands for one destination: scheme and host in lower case, the port written out, without one slash at the
 * end of the path. Everything else counts byte for byte. A text that a URL parser would repair, and so another program read
 * in another way, stands for itself: `raw:<text>`. Never throws.
 */
export function canonicalUrl(text: string): string {
  const parts = plainParts(text)
  if (parts === null) return `raw:${text}`
  const { scheme, host, port, path, query } = parts
  return `${scheme}://${host}:${port}${path.endsWith('/') ? path.slice(0, -1) : path}${query}`
}

/** The same destination without what a query says: for people, and for the audit log. A credential may stand in a query. */
export function withoutQueryValues(text: string): string {
  const start = text.indexOf('?')
  if (start < 0) return text
  const names = text
    .slice(start + 1)
    .split('&')
    .map((pair) => (pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=…` : '…'))
  return `${text.slice(0, start)}?${names.join('&')}`
}

/** Whether a path has segments that a URL parser takes as steps, or a backslash, which it takes for a slash. */
export function hasSteps(path: string): boolean {
  return path.includes('\\') || DOT_SEGMENT.test(path)
}

interface PlainParts {
  readonly scheme: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly query: string
}

function plainParts(text: string): PlainParts | null {
  const [, givenScheme = '', givenHost = '', givenPort = '', path = '', query = ''] = ABSOLUTE_URL.exec(text) ?? []
  const scheme = givenScheme.toLowerCase()
  const url = readUrl(text)
  if (givenHost === '' || url === null) return null
  const host = asWritten(givenHost, scheme)
  const port = givenPort.replace(/^0+(?=.)/, '') || (DEFAULT_PORTS[scheme] ?? '')
  if (host === null || url.hostname.replace(/\.$/, '') !== host) return null
  if (url.pathname !== path && !(path === '' && url.pathname === '/')) return null
  if (url.search !== (query === '?' ? '' : query)) return null
  return { scheme, host, port, path, query }
}

/**
 * The host as a parser has it, when that only changes the case of letters, the spelling of an IPv6 address or of a name in
 * another script, and a final dot; null when it makes another name of it.
 */
function asWritten(host: string, scheme: string): string | null {
  if (host.startsWith('[')) return new URL(`${scheme}://${host}`).hostname
  const name = host.toLowerCase().replace(/\.$/, '')
  const ascii = domainToASCII(name)
  return ascii === name || domainToUnicode(ascii) === name ? ascii || null : null
}
