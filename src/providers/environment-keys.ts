import type { ApiKeyChange } from '../api-keys/api-key-input.ts'
import { type Caller, hasRole } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import type { ValidationIssue } from '../errors.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { NewProvider } from './provider-input.ts'

type Deps = Pick<ProviderDeps, 'readSecretVariable'>

/** The rules for keys of a new provider that are in environment variables. */
export function checkNewEnvironmentKeys(deps: Deps, caller: Caller, { apiKeys }: NewProvider): ValidationIssue[] {
  return apiKeys.flatMap(({ environmentVariable }, index) => checkOne(deps, caller, environmentVariable, ['apiKeys', String(index)], []))
}

/** The rules for keys in environment variables that a change brings to a provider. */
export async function checkAddedEnvironmentKeys(
  transaction: TransactionClient,
  deps: Deps,
  caller: Caller,
  providerId: string,
  changes: readonly ApiKeyChange[],
): Promise<ValidationIssue[]> {
  const where = { providerId, environmentVariable: { not: null } }
  const stored = await transaction.apiKey.findMany({ where, select: { environmentVariable: true } })
  const known = stored.map((key) => key.environmentVariable)
  return changes.flatMap((change, index) =>
    'add' in change ? checkOne(deps, caller, change.add.environmentVariable, ['apiKeys', String(index), 'add'], known) : [],
  )
}

/**
 * Naming a variable proves no knowledge of its value, so an editor could have it sent to a host of their own: only an admin
 * may bring one to a provider that does not have it yet.
 */
function checkOne(
  { readSecretVariable }: Deps,
  { principal }: Caller,
  name: string | undefined,
  path: readonly string[],
  known: readonly (string | null)[],
): ValidationIssue[] {
  if (name === undefined) return []
  const issue = (message: string): ValidationIssue[] => [{ path: [...path, 'environmentVariable'], rule: 'NOT_ALLOWED', message }]
  if (readSecretVariable(name) === 'NOT_LISTED')
    return issue('This environment variable is not allowed. The operator lists the allowed names in SECRET_ENV_ALLOW.')
  if (hasRole(principal, 'ADMIN') || known.includes(name)) return []
  return issue('Only an admin may give a provider a key from the environment. Give its value, or ask an admin.')
}
