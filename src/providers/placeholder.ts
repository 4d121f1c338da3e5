import type { Caller } from '../auth/principal.ts'
import { ValidationError, type ValidationIssue } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { willHaveEndpoint } from './key-endpoint.ts'
import type { ProviderDeps } from './provider-deps.ts'
import { checkBaseUrl, type NewProvider, type ProviderChanges } from './provider-input.ts'
import { vendorDefaults } from './vendor-defaults.ts'

/** A provider without an endpoint cannot be used, so nothing may enable it. */
export function placeholderEnabled(): ValidationIssue {
  const message = 'A provider without an endpoint cannot be enabled. Give it a base URL, or a key with an endpoint of its own.'
  return { path: ['enabled'], rule: 'NOT_ALLOWED', message }
}

/** The change with the endpoint that a reset of the base URL comes to. */
export function resolveEndpoint(deps: ProviderDeps, caller: Caller, provider: Provider, asked: ProviderChanges): ProviderChanges {
  return asked.resetBaseUrl ? { ...asked, baseUrl: vendorEndpoint(deps, caller, provider) } : asked
}

/**
 * Whether a changed provider is enabled: one that loses its last endpoint is not, and a placeholder that gets one is, unless
 * the change says otherwise.
 * @throws ValidationError when the change would enable a provider without an endpoint.
 */
export function resolveEnabled(wasEnabled: boolean, hadEndpoint: boolean, hasOne: boolean, asked: boolean | undefined): boolean {
  if (hasOne) return asked ?? (wasEnabled || !hadEndpoint)
  if (asked) throw new ValidationError([placeholderEnabled()])
  return false
}

/**
 * Where the caller's rules let a new provider come without an endpoint, the vendor's takes its place; without one, and
 * without a key that brings its own, the provider is a placeholder.
 */
export function resolveNewEndpoint({ rules }: Caller, input: NewProvider): NewProvider {
  if (!rules.mayBePlaceholder || input.baseUrl !== '') return input
  const defaults = vendorDefaults(input.name)
  const baseUrl = defaults?.type === input.type ? (defaults.baseUrl ?? '') : ''
  return { ...input, baseUrl, enabled: willHaveEndpoint({ ...input, baseUrl }, input.apiKeys), mayBePlaceholder: true }
}

/** The endpoint of the vendor that the name stands for, unless the provider speaks another protocol than that vendor. */
function vendorEndpoint(deps: ProviderDeps, caller: Caller, { name, type }: Provider): string {
  const defaults = vendorDefaults(name)
  const baseUrl = defaults?.type === type ? (defaults.baseUrl ?? '') : ''
  const issues = baseUrl === '' ? [] : checkBaseUrl(baseUrl, caller.rules, deps, undefined)
  if (issues.length > 0) throw new ValidationError(issues)
  return baseUrl
}
