import type { ApiKeyChange, KeptApiKey, NewApiKey } from '../api-keys/api-key-input.ts'
import { type Caller, hasRole } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import type { ValidationIssue } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { findPlacedKeys, keyOf, type PlacedKey, placeAfter, placeOfStored } from './key-places.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { NewProvider } from './provider-input.ts'

type Deps = Pick<ProviderDeps, 'readSecretVariable'>

/** The rules for keys of a new provider that are in environment variables. */
export function checkNewEnvironmentKeys(deps: Deps, caller: Caller, { apiKeys }: NewProvider): ValidationIssue[] {
  return apiKeys.flatMap((key, index) => checkKey(deps, caller, key, ['apiKeys', String(index)], () => false))
}

/** The rules for keys in environment variables that a change brings to a provider. */
export async function checkAddedEnvironmentKeys(
  transaction: TransactionClient,
  deps: Pick<ProviderDeps, 'readSecretVariable' | 'keyring'>,
  caller: Caller,
  provider: Provider,
  changes: readonly ApiKeyChange[],
): Promise<ValidationIssue[]> {
  const namesAny = changes.some((change) => variablesOf(keyOf(change)).length > 0)
  if (!namesAny) return []
  const stored = hasRole(caller.principal, 'ADMIN') ? [] : await findPlacedKeys(transaction, deps.keyring, provider)
  return changes.flatMap((change, index) => {
    const key = keyOf(change)
    if (key === null) return []
    const place = placeAfter(change, stored)
    const path = ['apiKeys', String(index), 'add' in change ? 'add' : 'keep']
    return checkKey(deps, caller, key, path, (named) => isSentTo(place, named, stored))
  })
}

/** A variable that a key names: for its value, or for a part of its configuration. */
interface Named {
  readonly name: string
  /** Empty for the value. */
  readonly part: string
}

function variablesOf(key: NewApiKey | KeptApiKey | null): Named[] {
  const parts = (key?.bifrost?.secrets ?? []).map(({ path, environmentVariable: name }) => ({ name, part: path }))
  return [{ name: key?.environmentVariable, part: '' }, ...parts].flatMap(({ name, part }) => (name === undefined ? [] : [{ name, part }]))
}

function checkKey(
  deps: Deps,
  caller: Caller,
  key: NewApiKey | KeptApiKey,
  path: readonly string[],
  isKnown: (named: Named) => boolean,
): ValidationIssue[] {
  return variablesOf(key).flatMap((named) => checkOne(deps, caller, named, path, isKnown(named)))
}

/** Whether a stored key has the variable sent to this very place, as the same part of a credential. */
function isSentTo(place: string | null, { name, part }: Named, stored: readonly PlacedKey[]): boolean {
  return stored.some((key) => {
    if (place === null || placeOfStored(key) !== place) return false
    if (part === '') return key.environmentVariable === name
    return key.bifrost?.secrets.some((secret) => secret.path === part && secret.environmentVariable === name) ?? false
  })
}

/**
 * Naming a variable proves no knowledge of its value, so an editor could have it sent to a host of their own: only an admin
 * may have one sent where it does not go yet.
 */
function checkOne(
  { readSecretVariable }: Deps,
  { principal, channel }: Caller,
  { name }: Named,
  path: readonly string[],
  isKnown: boolean,
): ValidationIssue[] {
  const issue = (message: string): ValidationIssue[] => [{ path: [...path, 'environmentVariable'], rule: 'NOT_ALLOWED', message }]
  const variable = readSecretVariable(name)
  if (variable === 'NOT_LISTED')
    return issue('This environment variable is not allowed. The operator lists the allowed names in SECRET_ENV_ALLOW.')
  // For Bifrost's clients a variable without a value is an empty key (Bifrost contract, section 2.6).
  if (variable === 'NOT_SET' && channel === 'bifrost') return [{ path, rule: 'API_KEY_BLANK', message: 'The variable has no value.' }]
  if (hasRole(principal, 'ADMIN') || isKnown) return []
  return issue('Only an admin may give a provider a key from the environment. Give its value, or ask an admin.')
}
