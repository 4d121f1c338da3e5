import type { OutboundPolicy } from './address-policy.ts'
import type { Deadline } from './deadline.ts'
import type { NetworkSettings } from './network-settings.ts'
import type { Resolve } from './own-sockets.ts'

/** The proxy variables of the gateway's own environment, passed in because only the configuration reads the environment. */
export interface ProxyEnvironment {
  readonly httpsProxy: string | null
  readonly httpProxy: string | null
  /** A comma list of hosts, `.suffixes`, `host:port`, addresses and CIDR ranges; `*` for all. */
  readonly noProxy: string | null
}

/** What the outbound client needs from outside. */
export interface OutboundDeps {
  readonly policy: OutboundPolicy
  readonly resolve: Resolve
  readonly proxyEnvironment: ProxyEnvironment
}

/** One connection test under way: every call that it makes shares its settings and its deadline. */
export interface Session {
  /** The origin of the provider's own endpoint. */
  readonly origin: string
  readonly network: NetworkSettings
  readonly deps: OutboundDeps
  readonly deadline: Deadline
}
