import type { CallScope } from '../auth/call-scope.ts'
import type { Principal } from '../auth/principal.ts'
import { CallError } from './error-codes.ts'
import { isInGlobs } from './glob.ts'

/**
 * Which calls a token may make, whatever its role.
 * @throws CallError `calls_not_allowed`, before anything is said of providers.
 */
export function requireScope({ calls }: Principal): CallScope {
  if (calls === null) throw new CallError('calls_not_allowed', 'This token may not make model calls. Ask an admin for one that may.')
  return calls
}

/** Whether a provider is in the scope. */
export function mayCallProvider({ providers }: CallScope, providerId: string): boolean {
  return providers === null || providers.includes(providerId)
}

/** Whether a model of a provider is in the scope; null for a name that cannot be decoded. */
export function isInScope(scope: CallScope, providerId: string, model: string | null): boolean {
  return mayCallProvider(scope, providerId) && (model === null ? scope.models === null : isInGlobs(scope.models, model))
}

/** @throws CallError `model_not_allowed`. */
export function requireModelInScope({ models }: CallScope, model: string): void {
  if (!isInGlobs(models, model)) throw modelNotAllowed()
}

export function modelNotAllowed(): CallError {
  return new CallError('model_not_allowed', 'This token may not call this model. Ask an admin which ones it may call.')
}

/** One answer for a provider that does not exist, was deleted, or is not in the scope. */
export function providerNotFound(): CallError {
  return new CallError('provider_not_found', 'There is no such provider, or this token may not call it.')
}
