import { providerTypeInfo } from '../upstream/probe-registry.ts'
import { PROVIDER_TYPES, type ProviderTypeInfo } from '../upstream/provider-type.ts'

export type { ProviderTypeInfo }

/** The catalogue of types: the protocols that the gateway knows how to test. */
export function providerTypes(): readonly ProviderTypeInfo[] {
  return PROVIDER_TYPES.map(providerTypeInfo)
}
