import type { Caller } from '../auth/principal.ts'
import type { ValidationIssue } from '../errors.ts'
import { checkCallSettings } from './call-settings.ts'
import { checkCallersTokens } from './callers-tokens.ts'
import { checkNewEnvironmentKeys } from './environment-keys.ts'
import type { ProviderDeps } from './provider-deps.ts'
import { checkNewProvider, type NewProvider } from './provider-input.ts'

/** What the rules ask of the gateway. */
export type CheckDeps = Pick<ProviderDeps, 'checkEndpoint' | 'checkProxy' | 'readSecretVariable'>

/** Every rule that creating this provider would break, without creating it. Whether its name is free shows only then. */
export function checkProvider(deps: CheckDeps, caller: Caller, input: NewProvider): ValidationIssue[] {
  const issues = [
    ...checkNewProvider(input, caller.rules, deps),
    ...checkNewEnvironmentKeys(deps, caller, input),
    ...checkCallSettings(caller, input, null),
  ]
  return issues.length > 0 ? issues : checkCallersTokens(caller, input)
}
