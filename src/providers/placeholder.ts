import type { Caller } from '../auth/principal.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import type { ProviderDeps } from './provider-deps.ts'
import { checkBaseUrl, type NewProvider, type ProviderChanges } from './provider-input.ts'
import { vendorDefaults } from './vendor-defaults.ts'

/** A provider without an endpoint cannot be used, so nothing may enable it. */
export function placeholderEnabled(): ValidationIssue {
  return { path: ['enabled'], rule: 'NOT_ALLOWED', message: 'A provider without an endpoint cannot be enabled. Give it a base URL first.' }
}

/**
 * What a change comes to where endpoints come and go: a provider that loses its endpoint is disabled, and a placeholder
 * that gets one is enabled, unless the change says otherwise.
 * @throws ValidationError when it would enable a provider without an endpoint.
 */
export function settleEndpoint(deps: ProviderDeps, caller: Caller, provider: Provider, asked: ProviderChanges): ProviderChanges {
  const changes = asked.resetBaseUrl ? { ...asked, baseUrl: vendorEndpoint(deps, caller, provider) } : asked
  if ((changes.baseUrl ?? provider.baseUrl) === '') {
    if (changes.enabled) throw new ValidationError([placeholderEnabled()])
    return provider.enabled ? { ...changes, enabled: false } : changes
  }
  return provider.baseUrl === '' && changes.enabled === undefined ? { ...changes, enabled: true } : changes
}

/**
 * Where the caller's rules let a new provider come without an endpoint, the vendor's takes its place, and without one the
 * provider is a placeholder.
 */
export function settleNewEndpoint({ rules }: Caller, input: NewProvider): NewProvider {
  if (!rules.mayBePlaceholder || input.baseUrl !== '') return input
  const defaults = vendorDefaults(input.name)
  const baseUrl = defaults?.type === input.type ? (defaults.baseUrl ?? '') : ''
  return { ...input, baseUrl, enabled: baseUrl !== '', mayBePlaceholder: true }
}

/** The endpoint of the vendor that the name stands for, unless the provider speaks another protocol than that vendor. */
function vendorEndpoint(deps: ProviderDeps, caller: Caller, { name, type }: Provider): string {
  const defaults = vendorDefaults(name)
  const baseUrl = defaults?.type === type ? (defaults.baseUrl ?? '') : ''
  const issues = baseUrl === '' ? [] : checkBaseUrl(baseUrl, caller.rules, deps, undefined)
  if (issues.length > 0) throw new ValidationError(issues)
  return baseUrl
}
