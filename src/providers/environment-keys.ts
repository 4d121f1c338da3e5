import type { ApiKeyChange, KeptApiKey, NewApiKey } from '../api-keys/api-key-input.ts'
import { readBifrostKey } from '../api-keys/bifrost-key.ts'
import { type Caller, hasRole } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import type { ValidationIssue } from '../errors.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { NewProvider } from './provider-input.ts'

type Deps = Pick<ProviderDeps, 'readSecretVariable'>

/** The rules for keys of a new provider that are in environment variables. */
export function checkNewEnvironmentKeys(deps: Deps, caller: Caller, { apiKeys }: NewProvider): ValidationIssue[] {
  return apiKeys.flatMap((key, index) => checkKey(deps, caller, key, ['apiKeys', String(index)], []))
}

/** The rules for keys in environment variables that a change brings to a provider. */
export async function checkAddedEnvironmentKeys(
  transaction: TransactionClient,
  deps: Deps,
  caller: Caller,
  providerId: string,
  changes: readonly ApiKeyChange[],
): Promise<ValidationIssue[]> {
  const stored = await transaction.apiKey.findMany({ where: { providerId }, select: { environmentVariable: true, dialectSettings: true } })
  const known = stored.flatMap(({ environmentVariable, dialectSettings }) => [
    environmentVariable,
    ...(readBifrostKey(dialectSettings)?.secrets ?? []).map((part) => part.environmentVariable),
  ])
  return changes.flatMap((change, index) => {
    const path = ['apiKeys', String(index)]
    if ('add' in change) return checkKey(deps, caller, change.add, [...path, 'add'], known)
    return 'keep' in change ? checkKey(deps, caller, change.keep, [...path, 'keep'], known) : []
  })
}

/** The variables that a key names: for its value, and for parts of its configuration. */
function checkKey(
  deps: Deps,
  caller: Caller,
  { environmentVariable, bifrost }: NewApiKey | KeptApiKey,
  path: readonly string[],
  known: readonly (string | null)[],
): ValidationIssue[] {
  const names = [environmentVariable, ...(bifrost?.secrets ?? []).map((part) => part.environmentVariable)]
  return names.flatMap((name) => checkOne(deps, caller, name, path, known))
}

/**
 * Naming a variable proves no knowledge of its value, so an editor could have it sent to a host of their own: only an admin
 * may bring one to a provider that does not have it yet.
 */
function checkOne(
  { readSecretVariable }: Deps,
  { principal, channel }: Caller,
  name: string | undefined,
  path: readonly string[],
  known: readonly (string | null)[],
): ValidationIssue[] {
  if (name === undefined) return []
  const issue = (message: string): ValidationIssue[] => [{ path: [...path, 'environmentVariable'], rule: 'NOT_ALLOWED', message }]
  const variable = readSecretVariable(name)
  if (variable === 'NOT_LISTED')
    return issue('This environment variable is not allowed. The operator lists the allowed names in SECRET_ENV_ALLOW.')
  // For Bifrost's clients a variable without a value is an empty key (Bifrost contract, section 2.6).
  if (variable === 'NOT_SET' && channel === 'bifrost') return [{ path, rule: 'API_KEY_BLANK', message: 'The variable has no value.' }]
  if (hasRole(principal, 'ADMIN') || known.includes(name)) return []
  return issue('Only an admin may give a provider a key from the environment. Give its value, or ask an admin.')
}
