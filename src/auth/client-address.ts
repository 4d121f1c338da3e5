import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Says which client a request comes from, for limits to count by. */
export type ClientAddressOf = (request: IncomingMessage) => string

/** Parts of IPv6 that one client has to itself: it can send each request from another address of them. */
const IPV6_CLIENT_BITS = 64

/** Reads `TRUSTED_PROXIES`: addresses and CIDR ranges, separated by commas; or names the words that are neither. */
export function parseTrustedProxies(text: string): readonly [Address, number][] | { readonly unknown: readonly string[] } {
  const words = text.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]))
  const unknown = words.filter((word) => !isRange(word))
  return unknown.length > 0 ? { unknown } : words.map(toRange)
}

/**
 * The address at the other end of the connection; behind a trusted proxy the last one of `X-Forwarded-For` that no trusted
 * proxy has. Whatever stands before it the client may have written itself. Of IPv6 addresses the network.
 */
export function clientAddressOf(trusted: readonly [Address, number][]): ClientAddressOf {
  const isTrusted = (address: Address) => trusted.some(([base, bits]) => address.kind() === base.kind() && address.match([base, bits]))
  return ({ socket, headers }) => {
    let client = read(socket.remoteAddress ?? '')
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').reverse()
    for (const text of forwarded) {
      if (client === null || !isTrusted(client)) break
      const before = read(text.trim())
      if (before === null) break
      client = before
    }
    return client === null ? '' : nameOf(client)
  }
}

function nameOf(address: Address): string {
  if (address instanceof ipaddr.IPv4) return address.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString()}/${IPV6_CLIENT_BITS}`).toString()
}

/** An address without its zone; an IPv4 address inside an IPv6 one is the IPv4 address. */
function read(text: string): Address | null {
  const [address = ''] = text.split('%')
  return ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address) ? ipaddr.process(address) : null
}

function isRange(word: string): boolean {
  return read(word) !== null || ipaddr.IPv4.isValidCIDRFourPartDecimal(word) || ipaddr.IPv6.isValidCIDR(word)
}

function toRange(word: string): [Address, number] {
  const address = read(word)
  return address === null ? ipaddr.parseCIDR(word) : [address, address instanceof ipaddr.IPv4 ? 32 : 128]
}
