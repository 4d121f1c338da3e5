import { CallError } from './error-codes.ts'
import type { CallPools } from './pools.ts'
import type { ProviderForCall } from './provider-for-call.ts'

/** @throws CallError `no_endpoint`, `provider_disabled`. */
export function refuseUnusable(provider: ProviderForCall, pools: CallPools): void {
  const mayHaveEndpoint = provider.endpoint !== null || provider.keys.length > 0
  if (!mayHaveEndpoint) throw new CallError('no_endpoint', `The provider "${provider.name}" has no endpoint.`)
  if (!provider.enabled) {
    pools.close(provider.id)
    throw new CallError('provider_disabled', `AI provider "${provider.name}" is disabled`)
  }
}
