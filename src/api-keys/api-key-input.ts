import { checkText } from '../check-text.ts'
import type { Secret } from '../crypto/secret.ts'
import type { ValidationIssue } from '../errors.ts'
import { checkConfiguration, isGiven, type KeyConfigurationInput, type RefusalOf, type SecretSource, VALUE } from './key-configuration.ts'
import { looksMasked } from './mask.ts'

/** Keys that one provider may have: a page of providers reads all of theirs. */
const MAX_API_KEYS = 100
const MAX_KEY_BYTES = 10_240
/** A blank in Go, and none in JavaScript. */
const NEXT_LINE = '\u0085'

/** A key to add. */
export type NewApiKey = SecretSource & {
  /** The id that the caller wants; undefined for a new one. */
  readonly id: string | undefined
  readonly name: string | null
  readonly enabled: boolean
  readonly weight: number
  readonly configuration: KeyConfigurationInput | undefined
}

/** A stored key that stays, with what changes about it; undefined leaves a field as it is. An empty value leaves the key without one. */
export type KeptApiKey = SecretSource & {
  readonly id: string
  readonly configuration: KeyConfigurationInput | undefined
  readonly name: string | undefined
  readonly enabled: boolean | undefined
  readonly weight: number | undefined
}

/** One wanted key of a provider, or one to delete. What happens to keys that no change names, the change of the provider says. */
export type ApiKeyChange = { readonly keep: KeptApiKey } | { readonly add: NewApiKey } | { readonly remove: string }

/**
 * Checks the fields of one key; whether a variable may be named at all is the operator's list to say.
 * @param anyText whether any text without surrounding blanks is a key, or printable ASCII alone.
 */
function checkNewApiKey(key: NewApiKey, path: readonly string[], anyText: boolean, refusalOf: RefusalOf): ValidationIssue[] {
  const { value, configuration } = key
  return [
    ...(!isGiven(key) && configuration?.parts === undefined ? [withoutCredential(path)] : []),
    ...(value === undefined ? [] : checkSecretValue(value, [...path, ...VALUE], anyText)),
    ...checkKeyFields(key, path),
    ...(configuration === undefined ? [] : checkConfiguration(configuration, path, refusalOf)),
  ]
}

function withoutCredential(path: readonly string[]): ValidationIssue {
  return { path: [...path, 'credential'], rule: 'REQUIRED', message: 'A key has a credential: a value or an environment variable.' }
}

/** Checks what changes about a stored key. */
function checkKeptApiKey(key: KeptApiKey, path: readonly string[], anyText: boolean, refusalOf: RefusalOf): ValidationIssue[] {
  const { value, configuration } = key
  const isCleared = value?.reveal() === '' && configuration?.parts !== undefined
  return [
    ...(value === undefined || isCleared ? [] : checkSecretValue(value, [...path, ...VALUE], anyText)),
    ...checkKeyFields(key, path),
    ...(configuration === undefined ? [] : checkConfiguration(configuration, path, refusalOf)),
  ]
}

/** Checks the keys of a new provider. */
export function checkNewApiKeys(keys: readonly NewApiKey[], anyText: boolean, refusalOf: RefusalOf): ValidationIssue[] {
  return [
    ...checkKeyCount(keys.length),
    ...keys.flatMap((key, index) => checkNewApiKey(key, ['apiKeys', String(index)], anyText, refusalOf)),
  ]
}

/** Checks a set of keys that replaces the stored one. */
export function checkApiKeyChanges(changes: readonly ApiKeyChange[], anyText: boolean, refusalOf: RefusalOf): ValidationIssue[] {
  const keptIds = changes.map((change) => ('keep' in change ? change.keep.id : 'remove' in change ? change.remove : null))
  const checkOne = (change: ApiKeyChange, index: number): ValidationIssue[] => {
    const path = ['apiKeys', String(index)]
    if ('add' in change) return checkNewApiKey(change.add, [...path, 'add'], anyText, refusalOf)
    const issues = 'keep' in change ? checkKeptApiKey(change.keep, [...path, 'keep'], anyText, refusalOf) : []
    const first = keptIds.indexOf('keep' in change ? change.keep.id : change.remove)
    if (first === index) return issues
    const at = 'keep' in change ? [...path, 'keep', 'id'] : [...path, 'remove']
    return [...issues, { path: at, rule: 'API_KEY_REPEATED', message: `This key is already named at apiKeys[${first}].` }]
  }
  return [...checkKeyCount(changes.length), ...changes.flatMap(checkOne)]
}

export function checkKeyCount(count: number): ValidationIssue[] {
  if (count <= MAX_API_KEYS) return []
  return [{ path: ['apiKeys'], rule: 'OUT_OF_RANGE', message: `A provider can have at most ${MAX_API_KEYS} API keys.` }]
}

/** Checks a secret to store: a key, or a secret part of the settings. */
export function checkSecretValue(secret: Secret, path: readonly string[], anyText: boolean): ValidationIssue[] {
  const value = secret.reveal()
  const issue = (rule: ValidationIssue['rule'], message: string): ValidationIssue[] => [{ path, rule, message }]
  if (value === '') return issue('API_KEY_BLANK', 'The key must not be empty.')
  if (!value.isWellFormed()) return issue('API_KEY_CHARACTERS', 'The key contains half a character (an unpaired surrogate). Copy it again.')
  if (value !== value.trim() || value.startsWith(NEXT_LINE) || value.endsWith(NEXT_LINE))
    return issue('API_KEY_SURROUNDING_BLANKS', 'The key must not start or end with spaces. Paste it again without them.')
  if (Buffer.byteLength(value) > MAX_KEY_BYTES) return issue('OUT_OF_RANGE', `The key must not be longer than ${MAX_KEY_BYTES} bytes.`)
  if (value.includes('\u0000')) return issue('API_KEY_CHARACTERS', 'The key must not contain the character U+0000.')
  if (!anyText && !/^[\x20-\x7e]+$/.test(value)) return issue('API_KEY_CHARACTERS', 'The key must be printable ASCII. Copy it again.')
  if (looksMasked(value))
    return issue('API_KEY_MASKED', 'This is a mask, not a key. Leave the key out to keep the stored one, or give its full value.')
  return []
}

/** Checks what is not secret about a key. */
function checkKeyFields(
  key: { name?: string | null | undefined; weight?: number | undefined },
  path: readonly string[],
): ValidationIssue[] {
  const issues = checkText(key.name, [...path, 'name'], 200)
  if (key.weight !== undefined && !(key.weight >= 0 && key.weight <= 1_000_000))
    issues.push({ path: [...path, 'weight'], rule: 'OUT_OF_RANGE', message: 'The weight must be a number from 0 to 1,000,000.' })
  return issues
}
