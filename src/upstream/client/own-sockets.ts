import { networkInterfaces } from 'node:os'
import { canonicalAddress, type SocketName, tierOf } from './address-policy.ts'

/** Asks DNS for every address of a name; the caller supplies it, so that tests can control the answers. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

/**
 * Whether a connection to this address and port would reach one of our own sockets that are given by address. One that
 * lives on this machine counts for every address of this machine: it may listen on more than the one we were told.
 */
export function reachesOwnSocket(address: string, port: number, never: readonly SocketName[]): boolean {
  return never.some((own) => own.port === port && isSameSocket(address, own.host))
}

/** The same for sockets given by name, such as a database host. A name that does not resolve now is taken as reached. */
export async function reachesNamedOwnSocket(
  addresses: readonly string[],
  port: number,
  never: readonly SocketName[],
  resolve: Resolve,
): Promise<boolean> {
  const named = never.filter((own) => own.port === port && addressOf(own.host) === null)
  const answers = await Promise.all(named.map((own) => resolve(own.host).catch(() => null)))
  return answers.some((answer) => answer === null || addresses.some((address) => answer.some((own) => isSameSocket(address, own))))
}

function isSameSocket(address: string, ownHost: string): boolean {
  const own = addressOf(ownHost)
  const target = canonicalAddress(address)
  if (own === null || target === null) return false
  return target === own || (isThisMachine(target) && isThisMachine(own))
}

function addressOf(host: string): string | null {
  return host === 'localhost' ? '127.0.0.1' : canonicalAddress(host.replace(/^\[|\]$/g, ''))
}

/** Loopback, the wildcard that a listener binds to, or the address of an interface. */
function isThisMachine(address: string): boolean {
  if (address === '0.0.0.0' || address === '::' || tierOf(address) === 'loopback') return true
  return Object.values(networkInterfaces()).some((entries) => entries?.some((entry) => canonicalAddress(entry.address) === address))
}
