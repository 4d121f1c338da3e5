import { isIP } from 'node:net'
import { domainToUnicode } from 'node:url'
import { readUrl } from '../../read-url.ts'
import { canonicalAddress, isAllowedAddress, type OutboundPolicy, tierOf } from './address-policy.ts'
import { reachesOwnSocket } from './own-sockets.ts'

/** Who would be called. */
export interface Host {
  readonly isSecure: boolean
  /** Lower case, without brackets or a final dot. */
  readonly hostname: string
  readonly port: number
}

/**
 * Where a call goes: the parts of a URL, cut out of its text. A URL parser has read the text too, and changed nothing in it;
 * so what is sent is what was stored, byte for byte.
 */
export interface Target extends Host {
  /** Scheme, host and port as a URL parser writes them; two targets of one origin have the same text. */
  readonly origin: string
  /** Empty, or with a slash at its start. Nothing in it is decoded, merged or normalised. */
  readonly path: string
  /** Without its question mark; empty when there is none. */
  readonly query: string
}

/** `repair`: a URL parser would change the text, so it is never dialled; `issue` says where. */
export type ParsedTarget =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'repair'; readonly target: Host; readonly issue: string }
  | { readonly kind: 'invalid'; readonly issue: string }

export interface EndpointRules {
  readonly allowPrivateNetwork: boolean
  /**
   * True refuses `http://` to a public host, and text that a URL parser would repair, at once; false leaves that to the test,
   * for dialects that accept such URLs.
   */
  readonly isStrict: boolean
}

/** The one answer for every address that the policy denies, so that it maps no network. */
export const BLOCKED_MESSAGE =
  'The gateway may not connect to this address. Use a public endpoint, or ask its operator to allow the address (OUTBOUND_ALLOW); for a private one the provider must also have `allowPrivateNetwork`.'
/** The one answer for every address that cannot be saved. */
export const UNSAVABLE_MESSAGE =
  'The gateway may not connect to this address, and no setting of its operator allows it: it belongs to the gateway itself, to its cloud or to no API, or it is private and the provider has `allowPrivateNetwork: false`. Use the address of the API.'
export const PUBLIC_HTTP_MESSAGE = 'Plain http:// sends keys in the clear and is for private and loopback addresses only. Use https://.'

/** Scheme, authority, path and query of an absolute URL, as they are written. */
const URL_PARTS = /^(https?):\/\/([^/?#\\]*)([^?#]*)(?:\?([^#]*))?$/i

/** Reads a base URL; says what is wrong with one that no call can use. */
export function parseTarget(baseUrl: string): ParsedTarget {
  const issue = urlProblem(baseUrl)
  if (issue !== null) return { kind: 'invalid', issue }
  const [, , authority = '', path = '', query = ''] = URL_PARTS.exec(baseUrl) ?? []
  const url = new URL(baseUrl)
  const isSecure = url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port)
  const target = { origin: url.origin, isSecure, hostname: bareHostname(url.hostname), port, path, query }
  const repair = repairOf({ authority, path, query }, url)
  return repair === null ? { kind: 'target', target } : { kind: 'repair', target, issue: repair }
}

/** Another path and query at the same host. */
export function targetAt({ origin, isSecure, hostname, port }: Target, path: string, query: string): Target {
  return { origin, isSecure, hostname, port, path, query }
}

/** What stands in the first line of a request: path and query. */
export function requestPath({ path, query }: Target): string {
  return (path === '' ? '/' : path) + (query === '' ? '' : `?${query}`)
}

/** What a request's `Host` header says: the port is left out where the scheme implies it. */
export function hostHeader({ origin }: Target): string {
  return origin.slice(origin.indexOf('://') + 3)
}

/** The target of a URL that the code itself names. */
export function knownTarget(url: string): Target {
  const parsed = parseTarget(url)
  if (parsed.kind !== 'target') throw new Error(`${url} is no URL that a call can use.`)
  return parsed.target
}

function urlProblem(text: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/^https?:/i.test(text)) return 'The base URL must begin with https:// or http://.'
  const authority = /^https?:[/\\]*([^/\\?#]*)/i.exec(text)?.[1] ?? ''
  // The parser drops an empty user name (`https://@host`); the text still shows it.
  if (authority.includes('@')) return 'The base URL must not contain a user name or a password.'
  if (text.includes('#')) return 'The base URL must not contain a fragment (#).'
  const port = /:(\d+)$/.exec(authority)?.[1]
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return 'The base URL must name a port between 1 and 65535.'
  const url = readUrl(text)
  if (!URL_PARTS.test(text) || url === null) return 'The base URL must be absolute, e.g. https://api.example.com/v1.'
  // The longest name that DNS and SOCKS can carry; the URL parser knows no limit.
  return url.hostname.length > 253 ? 'The host of the base URL is longer than 253 characters.' : null
}

/** What a URL parser changes in a text, or null. Letter case of the host, and a port that is the scheme's own, do not count. */
function repairOf({ authority, path, query }: { authority: string; path: string; query: string }, url: URL): string | null {
  const [, host = '', port] = /^(.*?)(:[^:\]]*)?$/s.exec(authority) ?? []
  if (!isSameHost(host.toLowerCase(), url.hostname))
    return 'The host of the base URL must be written in its plain form, as it is registered.'
  if (port !== undefined && !/^:[1-9]\d*$/.test(port))
    return 'The port of the base URL must be a plain number. Correct it, or leave it out.'
  if (path !== url.pathname && path !== '') {
    return 'The path of the base URL would be changed before it is sent. Write it without ".", "..", "\\" and spaces, and percent-encode other characters.'
  }
  const isSameQuery = url.search === (query === '' ? '' : `?${query}`)
  return isSameQuery
    ? null
    : 'The query of the base URL would be changed before it is sent. Percent-encode its spaces, quotes and other special characters.'
}

function isSameHost(written: string, parsed: string): boolean {
  if (written === parsed || domainToUnicode(parsed) === written) return true
  const isIpv6 = written.startsWith('[') && parsed.startsWith('[')
  return isIpv6 && canonicalAddress(written.slice(1, -1)) === canonicalAddress(parsed.slice(1, -1))
}

/**
 * What is wrong with a base URL under a policy: text for a person, or null. It asks no DNS, so a name is judged by its
 * looks here and by its addresses when a test dials.
 */
export function checkEndpoint(baseUrl: string, policy: OutboundPolicy, rules: EndpointRules): string | null {
  const parsed = parseTarget(baseUrl)
  if (parsed.kind === 'invalid') return parsed.issue
  const { hostname, port, isSecure } = parsed.target
  if (!mayBeDialled(hostname, port, policy, rules.allowPrivateNetwork)) return BLOCKED_MESSAGE
  if (parsed.kind === 'repair' && rules.isStrict) return parsed.issue
  const isPublicHttp = !isSecure && !policy.allow.publicHttp && !looksPrivate(hostname)
  return isPublicHttp && rules.isStrict ? PUBLIC_HTTP_MESSAGE : null
}

/** Whether the text of a host alone rules it out: a denied literal address, or a name that always means one. */
export function mayBeDialled(hostname: string, port: number, policy: OutboundPolicy, allowPrivateNetwork: boolean): boolean {
  const literal = addressMeantBy(hostname)
  if (literal === null) return !isMetadataName(hostname)
  return isAllowedAddress(literal, policy.allow, allowPrivateNetwork) && !reachesOwnSocket(literal, port, policy.never)
}

/** The host as an address: itself when it is one, the loopback address for `localhost` names (RFC 6761); null for other names. */
export function addressMeantBy(hostname: string): string | null {
  if (isIP(hostname) !== 0) return hostname
  return hostname === 'localhost' || hostname.endsWith('.localhost') ? '127.0.0.1' : null
}

/** Without brackets, and without the final dot of a rooted name, which certificates never carry. */
export function bareHostname(hostname: string): string {
  const bare = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return canonicalAddress(bare) === null ? bare.toLowerCase() : bare
}

/** Names that clouds give to the place of their credentials; behind a proxy they may resolve although they do not here. */
const METADATA_NAME = /^(?:metadata|instance-data)(?:\.(?:google\.internal|goog|azure\.internal|ec2\.internal|tencentyun\.com))?$/

function isMetadataName(hostname: string): boolean {
  return METADATA_NAME.test(hostname)
}

/** Names that public DNS does not answer: a single label, or a suffix kept for private use. */
const PRIVATE_NAME = /^[^.]+$|\.(?:localhost|local|internal|intranet|private|corp|home|lan|test|home\.arpa)$/

function looksPrivate(hostname: string): boolean {
  const literal = addressMeantBy(hostname)
  return literal === null ? PRIVATE_NAME.test(hostname) : tierOf(literal) !== 'public'
}
