import { headerField, readNetworkConfig, type StoredHeader } from './network-config.ts'
import type { NetworkPlan } from './store-network.ts'

/**
 * Headers by which shared front ends and relays choose where a request goes: `Host`, and names such as `X-Forwarded-Host`
 * or `Helicone-Target-Url`.
 */
const STEERING_HEADER = /^(?:.*-)?(?:host|forwarded|(?:target|base|original|destination|upstream|endpoint)(?:-ur[il])?|ur[il])$/i

/**
 * The ways by which a network configuration sends what passes to a place where it did not go before: a proxy, another
 * authority to trust, or none, and headers that choose the place or the account.
 */
export function openedDoors(storedColumn: unknown, { config: after, fresh }: NetworkPlan): string[] {
  const before = readNetworkConfig(storedColumn)
  const isNewProxy = after.proxy !== null && (after.proxy.type !== before.proxy?.type || after.proxy.url !== before.proxy.url)
  const isNewHeader = (header: StoredHeader) =>
    'masked' in header
      ? Array.from(fresh.keys()).some((field) => field === headerField(header.name))
      : STEERING_HEADER.test(header.name) && !before.extraHeaders.some((known) => isSameHeader(known, header))
  return [
    ...(isNewProxy ? ['network.proxy'] : []),
    ...(after.caCertificate !== null && after.caCertificate !== before.caCertificate ? ['network.caCertificate'] : []),
    ...(after.insecureSkipVerify && !before.insecureSkipVerify ? ['network.insecureSkipVerify'] : []),
    ...(after.extraHeaders.some(isNewHeader) ? ['network.extraHeaders'] : []),
  ]
}

function isSameHeader(one: StoredHeader, other: StoredHeader): boolean {
  return headerField(one.name) === headerField(other.name) && 'value' in one && 'value' in other && one.value === other.value
}
