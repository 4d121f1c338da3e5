import type { CallContext, OutboundDeps } from '../upstream/client/call-context.ts'
import { type CallPool, createCallPool } from '../upstream/client/call-pool.ts'
import { startDeadline } from '../upstream/client/deadline.ts'
import { dial } from '../upstream/client/dial.ts'
import type { NetworkSettings } from '../upstream/client/network-settings.ts'
import type { Target } from '../upstream/client/target.ts'
import type { Credential } from '../upstream/vendors/credential.ts'
import { probeOf } from '../upstream/vendors/probe-registry.ts'
import { CallError } from './error-codes.ts'
import type { ProviderForCall } from './provider-for-call.ts'

/** To connect and to finish TLS. Nothing was sent when it passes. */
const CONNECT_MS = 5_000
/** Without a call for this long, a provider's connections are gone by themselves. */
const UNUSED_MS = 60_000

const SIDE_REQUEST_MS = 10_000

/** What the connections to a provider depend on. */
type PooledProvider = Pick<ProviderForCall, 'id' | 'connectionKey' | 'openNetwork'>

interface ContextParts {
  readonly endpoint: Target
  readonly vendorOrigins: readonly string[]
  readonly network: NetworkSettings
  readonly timeoutMs: number
}

interface ProviderPools {
  connectionKey: string
  /** The latest that is known of the provider: a new connection opens its settings from it. */
  provider: PooledProvider
  readonly byOrigin: Map<string, CallPool>
  usedAt: number
}

/** The connections to vendors: for each provider, destination and network settings its own. */
export class CallPools {
  readonly #deps: OutboundDeps
  readonly #pools = new Map<string, ProviderPools>()
  readonly #sweep: NodeJS.Timeout
  readonly #closed = new AbortController()

  constructor(deps: OutboundDeps) {
    this.#deps = deps
    this.#sweep = setInterval(() => this.#closeUnused(), UNUSED_MS)
    this.#sweep.unref()
  }

  /** The pool for calls to an endpoint of the provider. When the provider has moved, the connections to where it was take no more calls. */
  poolFor(provider: PooledProvider, endpoint: Target): CallPool {
    const pools = this.#poolsOf(provider)
    const { origin } = endpoint
    const known = pools.byOrigin.get(origin)
    if (known !== undefined) return known
    const pool = createCallPool(origin, async () => {
      const network = pools.provider.openNetwork()
      return dial(endpoint, this.#contextOf({ endpoint, vendorOrigins: [], network, timeoutMs: CONNECT_MS }))
    })
    pools.byOrigin.set(origin, pool)
    return pool
  }

  /** For a request beside the calls, to an origin of the vendor's own: AWS's token service. */
  contextFor({ type }: ProviderForCall, endpoint: Target, credential: Credential, network: NetworkSettings): CallContext {
    const vendorOrigins = probeOf(type).vendorOrigins?.(endpoint, credential, null) ?? []
    return this.#contextOf({ endpoint, vendorOrigins, network, timeoutMs: SIDE_REQUEST_MS })
  }

  /** The provider takes no more calls: those under way run to their end. */
  close(providerId: string): void {
    const pools = this.#pools.get(providerId)
    if (pools === undefined) return
    this.#pools.delete(providerId)
    for (const pool of pools.byOrigin.values()) pool.close()
  }

  /** Ends every call, because the gateway stops. */
  destroy(): void {
    const reason = new CallError('overloaded', 'The gateway stopped before the answer was complete. Try again.', { retryAfterMs: 1_000 })
    clearInterval(this.#sweep)
    this.#closed.abort()
    for (const { byOrigin } of this.#pools.values()) for (const pool of byOrigin.values()) pool.destroy(reason)
    this.#pools.clear()
  }

  #contextOf({ endpoint: { origin }, vendorOrigins, network, timeoutMs }: ContextParts): CallContext {
    return { origin, vendorOrigins, network, deps: this.#deps, deadline: startDeadline(timeoutMs, this.#closed.signal) }
  }

  #poolsOf(provider: PooledProvider): ProviderPools {
    const known = this.#pools.get(provider.id)
    if (known !== undefined && known.connectionKey === provider.connectionKey) {
      known.provider = provider
      known.usedAt = performance.now()
      return known
    }
    this.close(provider.id)
    const { connectionKey } = provider
    const pools: ProviderPools = { connectionKey, provider, byOrigin: new Map(), usedAt: performance.now() }
    this.#pools.set(provider.id, pools)
    return pools
  }

  /** Providers that were deleted hear of no call that would close their pools. */
  #closeUnused(): void {
    const before = performance.now() - UNUSED_MS
    for (const [id, { usedAt }] of this.#pools) if (usedAt < before) this.close(id)
  }
}
