import { isFingerprintOf } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import type { ValidationIssue } from '../errors.ts'
import type { ApiKeyChange, NewApiKey } from './api-key-input.ts'
import { isGiven, VALUE, VARIABLE } from './key-configuration.ts'
import type { KeyPlan, StoredKeys } from './plan-key-changes.ts'

/** A key of a provider, to be compared with the others. */
interface Compared {
  /** A value that is given now, or the variable that is named now. */
  readonly value: Secret | undefined
  readonly environmentVariable: string | null
  /** Of a stored value: nothing is opened. */
  readonly isStored: (value: Secret) => boolean
  /** Where it is in the input; null for one that stays as it is. */
  readonly path: readonly string[] | null
}

const NEVER = () => false

/** The keys of a new provider that have one value, or one variable. */
export function checkRepeatedNewKeys(keys: readonly NewApiKey[]): ValidationIssue[] {
  return repeated(
    keys.map(({ value, environmentVariable = null }, index) => ({
      ...{ value, environmentVariable, isStored: NEVER },
      path: ['apiKeys', String(index), ...(environmentVariable === null ? VALUE : VARIABLE)],
    })),
  )
}

/** The values and variables in a change that another key of the provider has, too, as the keys will be. */
export function checkRepeatedKeys(
  keyring: Keyring,
  stored: StoredKeys,
  plan: KeyPlan,
  changes: readonly ApiKeyChange[],
): ValidationIssue[] {
  const added = [...plan.added]
  const paths = new Map<string, readonly [string[], Secret | undefined]>()
  for (const [index, change] of changes.entries()) {
    if ('remove' in change) continue
    const [kind, key] = 'add' in change ? (['add', change.add] as const) : (['keep', change.keep] as const)
    const id = kind === 'add' ? added.shift()?.id : key.id
    if (id !== undefined && isGiven(key))
      paths.set(id, [['apiKeys', String(index), kind, ...(key.value === undefined ? VARIABLE : VALUE)], key.value])
  }
  return repeated(
    plan.rows.map((row): Compared => {
      const [path, value] = paths.get(row.id) ?? [null, undefined]
      const fingerprint = path === null && row.environmentVariable === null ? stored.sealed.keys.get(row.id)?.fingerprint : undefined
      const isStored = fingerprint === undefined ? NEVER : (other: Secret) => isFingerprintOf(keyring, fingerprint, other)
      return { value, environmentVariable: row.environmentVariable, isStored, path }
    }),
  )
}

/** Of two that are both given now the later one is at fault. */
function repeated(keys: readonly Compared[]): ValidationIssue[] {
  return keys.flatMap(({ path, ...key }, index) => {
    if (path === null) return []
    const first = keys.findIndex((other, at) => at !== index && (at < index || other.path === null) && isSame(key, other))
    if (first < 0) return []
    const what = key.environmentVariable === null ? 'value' : 'variable'
    return [{ path, rule: 'API_KEY_REPEATED', message: `The same ${what} as key ${first + 1}. Give each key once.` }]
  })
}

function isSame(key: Omit<Compared, 'path'>, other: Compared): boolean {
  if (key.environmentVariable !== null) return key.environmentVariable === other.environmentVariable
  if (key.value === undefined || key.value.reveal() === '') return false
  return other.value === undefined ? other.isStored(key.value) : other.value.reveal() === key.value.reveal()
}
