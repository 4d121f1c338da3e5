import { type Caller, hasRole } from '../auth/principal.ts'
import { destinationOf } from '../destination/destination.ts'
import type { ProviderRow } from '../destination/stored-rows.ts'
import type { ValidationIssue } from '../errors.ts'
import type { NewProvider } from './provider-input.ts'
import { planNetwork } from './store-network.ts'
import { typeByHost } from './vendor-defaults.ts'

/** What keeps all but admins from saying where the secrets go that callers bring. */
export function callersTokens(): ValidationIssue {
  const message = 'The GitHub tokens of all callers go there: only an admin may change the endpoint, or what is between it and the gateway.'
  return { path: ['baseUrl'], rule: 'NOT_ALLOWED', message }
}

/**
 * The rule for a new provider whose callers bring the secrets. Whoever could make one anywhere could delete the one that all
 * callers use, and make it again elsewhere: so it is the vendor's own, with nothing on the way, or an admin makes it.
 * The input has passed the other rules.
 */
export function checkCallersTokens({ principal }: Caller, { type, baseUrl, network }: NewProvider): ValidationIssue[] {
  if (type !== 'COPILOT' || hasRole(principal, 'ADMIN')) return []
  const plain: ProviderRow = {
    ...{ id: '', type, baseUrl, vendorPreset: null, modelsPath: null, authentication: 'DEFAULT' },
    ...{ callHeaders: null, settings: null, network: null },
  }
  const given = { ...plain, network: network === undefined ? null : planNetwork(network, null).config }
  const isVendors = typeByHost(baseUrl) === type && destinationOf(given, null) === destinationOf(plain, null)
  return isVendors ? [] : [callersTokens()]
}
