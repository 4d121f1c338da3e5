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

/** What the requests to one destination share: where they may go, how, and until when. */
export interface CallContext {
  /** The origin of the destination. */
  readonly origin: string
  /** Origins of the vendor's own that the type lists for this destination, such as AWS's token service. */
  readonly vendorOrigins: readonly string[]
  readonly network: NetworkSettings
  readonly deps: OutboundDeps
  readonly deadline: Deadline
}
