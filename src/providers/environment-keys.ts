import type { ApiKeyChange, KeptApiKey, NewApiKey } from '../api-keys/api-key-input.ts'
import { VARIABLE } from '../api-keys/key-configuration.ts'
import type { StoredKeys } from '../api-keys/plan-key-changes.ts'
import { keyDestination } from '../api-keys/secret-binding.ts'
import { type Caller, hasRole } from '../auth/principal.ts'
import { type KeyRow, readCredentialParts } from '../destination/stored-rows.ts'
import { KeyRequiredForNewEndpointError, type ValidationIssue } from '../errors.ts'
import type { ChangePlan } from './plan-change.ts'
import type { ProviderDeps } from './provider-deps.ts'
import type { NewProvider } from './provider-input.ts'

type Deps = Pick<ProviderDeps, 'readSecretVariable'>

/** The rules for keys of a new provider that are in environment variables. */
export function checkNewEnvironmentKeys(deps: Deps, caller: Caller, { apiKeys }: NewProvider): ValidationIssue[] {
  return apiKeys.flatMap((key, index) => checkKey(deps, caller, key, ['apiKeys', String(index)], () => false))
}

/** The rules for keys in environment variables that a change brings to a provider. @throws KeyRequiredForNewEndpointError. */
export function checkAddedEnvironmentKeys(
  deps: Deps,
  caller: Caller,
  stored: StoredKeys,
  { keys, after }: ChangePlan,
  changes: readonly ApiKeyChange[],
): ValidationIssue[] {
  const added = [...(keys?.added ?? [])]
  return changes.flatMap((change, index) => {
    if ('remove' in change) return []
    const [kind, key] = 'add' in change ? (['add', change.add] as const) : (['keep', change.keep] as const)
    const planned = kind === 'add' ? added.shift() : after.keys.find(({ id }) => id === key.id)
    const isKnown = (named: Named) => planned !== undefined && isSentTo(caller, named, planned, stored, after)
    return checkKey(deps, caller, key, ['apiKeys', String(index), kind], isKnown)
  })
}

/** A variable that a key names: for its value, or for a part of its credential. */
interface Named {
  readonly name: string
  /** Empty for the value. */
  readonly part: string
  /** Where it is in the key. */
  readonly at: readonly string[]
}

function variablesOf(key: NewApiKey | KeptApiKey): Named[] {
  const parts = (key.configuration?.parts ?? []).map(({ name: part, environmentVariable: name, at }) => ({ name, part, at }))
  return [{ name: key.environmentVariable, part: '', at: [] }, ...parts].flatMap(({ name, ...where }) =>
    name === undefined ? [] : [{ name, ...where }],
  )
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

/**
 * Whether a stored key has the variable sent to this very destination, as the same part of a credential.
 * @throws KeyRequiredForNewEndpointError when it is sent elsewhere: its name is no proof that somebody knows its value.
 */
function isSentTo(caller: Caller, named: Named, planned: KeyRow, stored: StoredKeys, after: StoredKeys['rows']): boolean {
  const known = stored.keys.filter((key) => names(key, named))
  const destination = keyDestination(after, planned)
  if (known.some((key) => keyDestination(stored.rows, key) === destination)) return true
  if (known.length > 0 && !hasRole(caller.principal, 'ADMIN')) throw new KeyRequiredForNewEndpointError()
  return false
}

function names(key: KeyRow, { name, part }: Named): boolean {
  if (part === '') return key.environmentVariable === name
  if (part === 'endpoint') return key.endpointVariable === name
  return readCredentialParts(key.credentialParts).some((one) => one.name === part && one.environmentVariable === name)
}

/**
 * Naming a variable proves no knowledge of its value, so an editor could have it sent to a host of their own: only an admin
 * may have one sent where it does not go yet.
 */
function checkOne(
  { readSecretVariable }: Deps,
  { principal, rules }: Caller,
  { name, at }: Named,
  path: readonly string[],
  isKnown: boolean,
): ValidationIssue[] {
  const issue = (message: string): ValidationIssue[] => [{ path: [...path, ...at, ...VARIABLE], rule: 'NOT_ALLOWED', message }]
  const variable = readSecretVariable(name)
  if (variable === 'NOT_LISTED')
    return issue('This environment variable is not allowed. The operator lists the allowed names in SECRET_ENV_ALLOW.')
  if (variable === 'NOT_SET' && rules.refusesUnsetVariable) return [{ path, rule: 'API_KEY_BLANK', message: 'The variable has no value.' }]
  if (hasRole(principal, 'ADMIN') || isKnown) return []
  return issue('Only an admin may give a provider a key from the environment. Give its value, or ask an admin.')
}
