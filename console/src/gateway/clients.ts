import { type Client, createClient, fetchExchange, mapExchange } from '@urql/core'
import { cacheExchange, type KeyGenerator } from '@urql/exchange-graphcache'
import { type CallableProvider, listCallableProviders } from './callable-providers.ts'
import { createGatewayFetch, type FetchEvents } from './gateway-fetch.ts'

/** The two ways to the gateway. */
export interface GatewayClients {
  /** Reads, with a normalized cache: what is seen in several places changes in all of them at once. */
  readonly reads: Client
  /**
   * Changes and checks, without a cache. The cache names a result by the variables it was asked with, so that an API key
   * in them would stay in its memory; nothing that may carry a secret goes that way.
   */
  readonly writes: Client
  /** The providers that the token may call. @throws Error. */
  readonly callable: () => Promise<readonly CallableProvider[]>
  /** Goes on with another token of the same person, and with all that they hold. */
  readonly renew: (token: string) => void
}

const embedded: KeyGenerator = () => null

/** Types without an id of their own: they are part of the object that holds them. */
const KEYS: Readonly<Record<string, KeyGenerator>> = Object.fromEntries(
  [
    'ProviderConnection',
    'ApiKeyConnection',
    'ConnectionTestConnection',
    'ModelConnection',
    'AccessTokenConnection',
    'AuditEventConnection',
    'ModelRouteConnection',
    'RouteTarget',
    'ModelCallConnection',
    'TokenUsage',
    'UsageSum',
    'PageInfo',
    'Viewer',
    'CallScope',
    'KeyAvailability',
    'Actor',
    'AuditSubject',
    'Person',
    'Model',
    'NetworkConfig',
    'Header',
    'ProxyConfig',
    'BedrockSettings',
    'ProviderChange',
    'ProviderTypeInfo',
    'VendorPreset',
  ].map((name) => [name, embedded]),
)

/** An answer that failed says `data: null`, and a request without an answer has none: to whoever asked, both are no data. */
const noNullData = mapExchange({
  onResult: (result) => (result.data === null ? { ...result, data: undefined } : result),
})

/** Makes the clients of one session; they end with it, and so does all that they hold. */
export function createGatewayClients(token: string, events: FetchEvents): GatewayClients {
  const { fetch: fetchAsSession, renew } = createGatewayFetch(token, events)
  const options = {
    url: new URL('/graphql', location.origin).href,
    fetch: fetchAsSession,
    // A GET would put the query and its variables into a URL.
    preferGetMethod: false,
    fetchSubscriptions: true,
  } as const
  const cache = cacheExchange({
    keys: { ...KEYS },
    updates: {
      Subscription: {
        providerChanged: ({ providerChanged: change }, _args, store) => {
          if (isDeletion(change)) store.invalidate({ __typename: 'Provider', id: change.providerId })
        },
      },
    },
  })
  return {
    reads: createClient({ ...options, exchanges: [noNullData, cache, fetchExchange] }),
    writes: createClient({ ...options, exchanges: [noNullData, fetchExchange], requestPolicy: 'network-only' }),
    callable: () => listCallableProviders(fetchAsSession),
    renew,
  }
}

function isDeletion(change: unknown): change is { readonly providerId: string } {
  return typeof change === 'object' && change !== null && 'action' in change && change.action === 'DELETED' && 'providerId' in change
}
