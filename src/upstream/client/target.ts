import { isIP } from 'node:net'
import { canonicalAddress, isAllowedAddress, type OutboundPolicy, tierOf } from './address-policy.ts'
import { reachesOwnSocket } from './own-sockets.ts'

/** Where a call goes: a base URL, read once. */
export interface Target {
  readonly url: URL
  readonly isSecure: boolean
  /** Lower case, without brackets or a final dot. */
  readonly hostname: string
  readonly port: number
}

export type ParsedTarget = { readonly kind: 'target'; readonly target: Target } | { readonly kind: 'invalid'; readonly issue: string }

export interface EndpointRules {
  readonly allowPrivateNetwork: boolean
  /** True refuses `http://` to a public host at once; false leaves that to the test, for dialects that accept such URLs. */
  readonly strictHttp: boolean
}

/** The one answer for every address that the policy denies, so that it maps no network. */
export const BLOCKED_MESSAGE =
  'The gateway may not connect to this address. Use a public endpoint, or ask its operator to allow the address (OUTBOUND_ALLOW); for a private one the provider must also have `allowPrivateNetwork`.'
export const PUBLIC_HTTP_MESSAGE = 'Plain http:// sends keys in the clear and is for private and loopback addresses only. Use https://.'

/** Reads a base URL; says what is wrong with one that no call can use. */
export function parseTarget(baseUrl: string): ParsedTarget {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (!url || url.hostname === '') return invalid('The base URL must be absolute, e.g. https://api.example.com/v1.')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return invalid('The base URL must begin with https:// or http://.')
  if (hasUserInfo(baseUrl, url)) return invalid('The base URL must not contain a user name or a password.')
  if (baseUrl.includes('#')) return invalid('The base URL must not contain a fragment (#).')
  // The longest name that DNS and SOCKS can carry; the URL parser knows no limit.
  if (url.hostname.length > 253) return invalid('The host of the base URL is longer than 253 characters.')
  const isSecure = url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port)
  if (port === 0) return invalid('The base URL must not name port 0.')
  return { kind: 'target', target: { url, isSecure, hostname: bareHostname(url.hostname), port } }
}

/**
 * What is wrong with a base URL when it is saved: text for a person, or null. It asks no DNS, so a name is judged by its
 * looks here and by its addresses when a test dials.
 */
export function checkEndpoint(baseUrl: string, policy: OutboundPolicy, rules: EndpointRules): string | null {
  const parsed = parseTarget(baseUrl)
  if (parsed.kind === 'invalid') return parsed.issue
  const { hostname, port, isSecure } = parsed.target
  if (!mayBeDialled(hostname, port, policy, rules.allowPrivateNetwork)) return BLOCKED_MESSAGE
  const isPublicHttp = !isSecure && !policy.allow.publicHttp && !looksPrivate(hostname)
  return isPublicHttp && rules.strictHttp ? PUBLIC_HTTP_MESSAGE : null
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

/** The parser drops an empty user name (`https://@host`); the raw text still shows it. */
function hasUserInfo(raw: string, url: URL): boolean {
  const authority = /^[^/\\]*[/\\]+([^/\\?#]*)/.exec(raw)?.[1] ?? ''
  return url.username !== '' || url.password !== '' || authority.includes('@')
}

function invalid(issue: string): ParsedTarget {
  return { kind: 'invalid', issue }
}
