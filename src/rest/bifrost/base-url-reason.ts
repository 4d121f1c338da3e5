import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { readUrl } from '../../read-url.ts'

const LINK_LOCAL = new BlockList()
LINK_LOCAL.addSubnet('169.254.0.0', 16)
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6')

const PRIVATE = new BlockList()
PRIVATE.addSubnet('10.0.0.0', 8)
PRIVATE.addSubnet('172.16.0.0', 12)
PRIVATE.addSubnet('192.168.0.0', 16)
PRIVATE.addSubnet('fc00::', 7, 'ipv6')

const UNSPECIFIED = new BlockList()
UNSPECIFIED.addAddress('0.0.0.0')
UNSPECIFIED.addAddress('::', 'ipv6')

/** Why a refused base URL is refused, in Bifrost's words where the cause is one of Bifrost's (section 2.1); null for other causes. */
export function baseUrlReason(baseUrl: string): string | null {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(baseUrl)?.[1]?.toLowerCase() ?? ''
  if (scheme !== 'https' && scheme !== 'http') return `only https and http schemes are allowed, got: ${scheme}`
  if (!/^https?:\/\/[^/?#:@]/i.test(baseUrl)) return 'URL must have a hostname'
  const url = readUrl(baseUrl)
  if (url === null) return null
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const is = (list: BlockList) => (isIPv4(host) && list.check(host)) || (isIPv6(host) && list.check(host, 'ipv6'))
  if (is(UNSPECIFIED)) return 'unspecified IP addresses are not allowed'
  if (is(LINK_LOCAL)) return 'link-local IP addresses are not allowed'
  return is(PRIVATE) ? 'private IP addresses are not allowed' : null
}
