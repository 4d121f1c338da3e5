import { LRUCache } from 'lru-cache'
import { isRoute } from '../upstream/client/join.ts'
import { type Target, targetAt } from '../upstream/client/target.ts'
import { isAllowedRoute } from './allowed-routes.ts'
import { callQuery, hasParameter, isSafeQuery } from './call-query.ts'
import { CallError } from './error-codes.ts'
import { hasVersionTwice, joinPath } from './join-path.ts'
import type { ProviderForCall } from './provider-for-call.ts'

/** What a caller asks of a provider. */
export interface AskedRoute {
  readonly method: string
  /** What follows the provider's name, byte for byte. */
  readonly rest: string
  readonly query: string
}

/** Azure's older API has no default of its own. */
const AZURE_API_VERSION = '2024-10-21'

type PlannedProvider = Pick<ProviderForCall, 'type' | 'preset' | 'callRoutes' | 'endpoint'>

/** What programs ask of a provider's own endpoint is the same over and over. Each reading of a provider makes an endpoint of its own. */
const plans = new WeakMap<Target, LRUCache<string, Target>>()
const MOST_PLANS = 64
const LONGEST_KEPT = 200

/**
 * Where a call goes at an endpoint. It is remembered for as long as nothing changes.
 * @throws CallError `invalid_path`, `route_not_supported`.
 */
export function planRequest(provider: PlannedProvider, endpoint: Target, asked: AskedRoute): Target {
  const { method, rest, query } = asked
  if (endpoint !== provider.endpoint || query !== '' || rest.length > LONGEST_KEPT) return plan(provider, endpoint, asked)
  let known = plans.get(endpoint)
  if (known === undefined) {
    known = new LRUCache({ max: MOST_PLANS })
    plans.set(endpoint, known)
  }
  const key = `${method} ${rest}`
  const found = known.get(key)
  if (found !== undefined) return found
  const target = plan(provider, endpoint, asked)
  known.set(key, target)
  return target
}

const STANDARD_ONLY = '. The gateway passes on only model calls, unless an admin allows every route of the provider with `callRoutes: ALL`.'

function plan({ type, preset, callRoutes }: PlannedProvider, endpoint: Target, { method, rest, query }: AskedRoute): Target {
  if (!isRoute(rest) || !isSafeQuery(query)) {
    throw new CallError('invalid_path', 'The path or the query of the request has characters or segments that are never passed on.')
  }
  if (callRoutes !== 'ALL') refuseVersionTwice(method, rest)
  const { path: basePath, query: baseQuery } = endpoint
  const vendorPreset = preset?.name ?? null
  const hasApiVersion = hasParameter(query, 'api-version') || hasParameter(baseQuery, 'api-version')
  const joined = joinPath({ type, vendorPreset, basePath, rest, hasApiVersion })
  if (joined === null) throw notSupported(method, rest, ". The provider's base URL names another deployment.")
  const isAllowed = callRoutes === 'ALL' || isAllowedRoute({ type, vendorPreset, basePath, method, joined })
  // A server answers TRACE with the request that it was sent, and so with the stored key (RFC 9110, section 9.3.8).
  if (method === 'TRACE') throw notSupported(method, rest, '')
  if (!isAllowed) throw notSupported(method, rest, STANDARD_ONLY)
  const isDeployment = type === 'AZURE' && joined.path.includes('/openai/deployments/')
  const added = isDeployment ? { 'api-version': AZURE_API_VERSION } : {}
  return targetAt(endpoint, joined.path, callQuery(query, baseQuery, added))
}

/**
 * A client's base URL that ends in the version which its SDK adds comes to `/v1/v1/…`.
 * @throws CallError `route_not_supported`.
 */
export function refuseVersionTwice(method: string, rest: string): void {
  if (hasVersionTwice(rest)) throw notSupported(method, rest, TWO_VERSIONS)
}

const TWO_VERSIONS = '. The path has two versions. Leave the version out of the base URL that your SDK is given: it adds one itself.'

function notSupported(method: string, rest: string, reason: string): CallError {
  return new CallError('route_not_supported', `route not supported: ${method} ${rest}${reason}`)
}

/** The same for one call, which asks before its body is read and again for each attempt: the latest answer is remembered. */
export function planOnce(plan: (endpoint: Target) => Target): (endpoint: Target) => Target {
  let known: { readonly endpoint: Target; readonly target: Target } | null = null
  return (endpoint) => {
    if (known?.endpoint !== endpoint) known = { endpoint, target: plan(endpoint) }
    return known.target
  }
}
