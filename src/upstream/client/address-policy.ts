import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type AddressRange = [Address, number]

/** `never` needs no reason and knows no exception; `private` and `loopback` need the operator's leave. */
export type Tier = 'public' | 'private' | 'loopback' | 'never'

/** What the operator opens, from `OUTBOUND_ALLOW`. */
export interface OutboundAllow {
  readonly private: boolean
  readonly loopback: boolean
  /** Plain `http://` to public addresses too. */
  readonly publicHttp: boolean
  /** Parts of the private and loopback tiers, when not all of them. */
  readonly ranges: readonly AddressRange[]
}

/** A socket of ours that no test may reach. `host` is an address, a name, or `0.0.0.0`/`::` for all of this machine's. */
export interface SocketName {
  readonly host: string
  readonly port: number
}

export interface OutboundPolicy {
  readonly allow: OutboundAllow
  /** Our own listening and database sockets. */
  readonly never: readonly SocketName[]
}

export const NOTHING_ALLOWED: OutboundAllow = { private: false, loopback: false, publicHttp: false, ranges: [] }

const range = (cidr: string): AddressRange => ipaddr.parseCIDR(cidr)

/** Places inside public or private ranges where clouds answer with credentials, and the lines between the ranges that ipaddr.js leaves open. */
const NEVER: readonly AddressRange[] = [
  range('100.100.100.200/32'),
  range('168.63.129.16/32'),
  range('fd00:ec2::/32'),
  range('fd20:ce::254/128'),
  range('fd00:42::42/128'),
]
const GLOBAL_IPV6 = range('2000::/3')

/**
 * The tier of an IP address. Allow logic: what is not known to be public unicast, private or loopback is `never`, text that
 * is no address included.
 */
export function tierOf(text: string): Tier {
  const address = read(text)
  if (!address || NEVER.some((never) => matches(address, never))) return 'never'
  switch (address.range()) {
    case 'unicast':
      return isGlobalUnicast(address) ? 'public' : 'never'
    case 'private':
    case 'carrierGradeNat':
    case 'uniqueLocal':
      return 'private'
    case 'loopback':
      return 'loopback'
    default:
      return 'never'
  }
}

/** Whether a test may connect to this address, as far as ranges say. `allowPrivateNetwork` is the provider's own setting. */
export function isAllowedAddress(text: string, allow: OutboundAllow, allowPrivateNetwork: boolean): boolean {
  const tier = tierOf(text)
  switch (tier) {
    case 'public':
      return true
    case 'private':
      return allowPrivateNetwork && (allow.private || isInRanges(text, allow.ranges))
    case 'loopback':
      return allow.loopback || isInRanges(text, allow.ranges)
    case 'never':
      return false
  }
}

/** The one spelling of an address, so that two can be compared; an IPv4 address inside an IPv6 one becomes plain IPv4. Null for other text. */
export function canonicalAddress(text: string): string | null {
  const address = read(text)
  if (!address) return null
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString()
}

export type ParsedAllow =
  | { readonly kind: 'ok'; readonly allow: OutboundAllow }
  | { readonly kind: 'invalid'; readonly issues: readonly string[] }

/**
 * Reads `OUTBOUND_ALLOW`: a comma list of `private`, `loopback`, `http` (plain HTTP to public addresses) and CIDR ranges.
 * A range opens the private and loopback addresses in it, and never one of the `never` tier.
 */
export function parseOutboundAllow(text: string): ParsedAllow {
  const words = text.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim().toLowerCase()]))
  const cidrs = words.filter((word) => !['private', 'loopback', 'http'].includes(word))
  const issues = cidrs.flatMap((cidr) =>
    isCidr(cidr) ? [] : [`"${cidr}" is none of \`private\`, \`loopback\`, \`http\` and a CIDR range such as 10.1.0.0/16.`],
  )
  if (issues.length > 0) return { kind: 'invalid', issues }
  const allow = { private: words.includes('private'), loopback: words.includes('loopback'), publicHttp: words.includes('http') }
  return { kind: 'ok', allow: { ...allow, ranges: cidrs.map(range) } }
}

/** `ipaddr.js` also reads `10.1` and `0x0a000000/8`; an operator who wrote that should be asked what was meant. */
function isCidr(text: string): boolean {
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text)
}

/** Only what the operating system takes for an address too: ipaddr.js alone would read `010.0.0.1`, which Node sends to DNS. */
function read(text: string): Address | null {
  return isIP(text) !== 0 && ipaddr.isValid(text) ? ipaddr.parse(text) : null
}

function isInRanges(text: string, ranges: readonly AddressRange[]): boolean {
  const address = read(text)
  return address !== null && ranges.some((candidate) => matches(address, candidate))
}

function matches(address: Address, [base, bits]: AddressRange): boolean {
  return address.kind() === base.kind() && address.match([base, bits])
}

/**
 * ipaddr.js calls everything `unicast` that no list names. Only 2000::/3 is handed out for the public IPv6 internet, and
 * an ISATAP address inside it ends in `[0000|0200]:5efe:<IPv4>`, which a router may deliver to that IPv4 address.
 */
function isGlobalUnicast(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) return true
  const isIsatap = address.parts[5] === 0x5efe && (address.parts[4] === 0 || address.parts[4] === 0x200)
  return !address.zoneId && matches(address, GLOBAL_IPV6) && !isIsatap
}
