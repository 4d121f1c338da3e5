import type { ApiKeyChange, KeptApiKey, NewApiKey } from '../../api-keys/api-key-input.ts'
import { isGiven, NO_SOURCE, type SecretSource } from '../../api-keys/key-configuration.ts'
import { maskKey } from '../../api-keys/mask.ts'
import { maskVariable } from '../../api-keys/secret-variable.ts'
import type { Secret } from '../../crypto/secret.ts'
import type { ApiKey } from '../../generated/prisma-sqlite/client.ts'
import { PartialFailure } from '../failure.ts'
import { configurationFor, type IsPartOf, readSource, toConfiguration, type WholeConfiguration } from './key-configuration.ts'
import type { FileApiKey } from './providers-file.ts'
import type { ReadSecret } from './read-secret.ts'

/** A key of the file with its value, where it has one. */
interface WantedKey extends FileApiKey {
  readonly source: SecretSource
  readonly configuration: WholeConfiguration | undefined
}

/** Tells what of the stored keys a value is, without showing them. */
export interface KeyComparison {
  readonly isValueOf: (apiKeyId: string, value: Secret) => boolean
  readonly isPartOf: IsPartOf
}

export interface KeyPlan {
  /** The whole set; undefined when nothing about it changes. */
  readonly changes: readonly ApiKeyChange[] | undefined
  /** What changes, for people. */
  readonly said: readonly string[]
  /** Whether a stored value stays. */
  readonly keepsValues: boolean
}

/** The keys of a new provider. */
export function newKeys(keys: readonly FileApiKey[], read: ReadSecret): NewApiKey[] {
  return keys.map((key, index) => toNewKey(toWanted(key, read), index))
}

function toWanted(key: FileApiKey, read: ReadSecret): WantedKey {
  return { ...key, source: readSource(key, read), configuration: toConfiguration(key, read) }
}

/**
 * Finds out which stored key each key of the file is, and what is to change. A key is the stored one of the same id, else
 * of the same value or variable, else of the same name; a stored key that the file does not state is to go.
 * @throws PartialFailure for a key without a value that is not stored.
 */
export function planKeys(
  keys: readonly FileApiKey[],
  stored: readonly ApiKey[],
  { isValueOf, isPartOf }: KeyComparison,
  read: ReadSecret,
): KeyPlan {
  const wanted = keys.map((key) => toWanted(key, read))
  const matches = matchKeys(wanted, stored, isValueOf)
  const said: string[] = []
  const changes = wanted.map((key, index): ApiKeyChange => {
    const row = matches.get(key)
    if (row === undefined) {
      const add = toNewKey(key, index)
      said.push(`add ${labelOf(key.name, maskOf(key.source))}`)
      return { add }
    }
    const isSame = isStoredIn(row, key.source, isValueOf)
    const keep = toKeptKey(key, row, isSame, isPartOf)
    said.push(...describeKept(keep, row))
    return { keep }
  })
  const kept = new Set(Array.from(matches.values(), ({ id }) => id))
  for (const row of stored) if (!kept.has(row.id)) said.push(`remove ${labelOf(row.name, row.masked)}`)
  const keepsValues = changes.some((change) => 'keep' in change && change.keep.value === undefined)
  return { changes: said.length === 0 ? undefined : changes, said, keepsValues }
}

/** In several rounds, so that a key of the same value goes before one of the same name. */
function matchKeys(
  wanted: readonly WantedKey[],
  stored: readonly ApiKey[],
  isValueOf: (apiKeyId: string, value: Secret) => boolean,
): ReadonlyMap<WantedKey, ApiKey> {
  const rounds: ((key: WantedKey, row: ApiKey) => boolean)[] = [
    (key, row) => key.id === row.id,
    ({ name, source }, row) => name === (row.name ?? undefined) && isStoredIn(row, source, isValueOf),
    ({ source }, row) => isStoredIn(row, source, isValueOf),
    (key, row) => key.name !== undefined && key.name === row.name,
  ]
  const matches = new Map<WantedKey, ApiKey>()
  const taken = new Set<ApiKey>()
  for (const isMatch of rounds)
    for (const key of wanted) {
      const row = matches.has(key) ? undefined : stored.find((one) => !taken.has(one) && isMatch(key, one))
      if (row === undefined) continue
      matches.set(key, row)
      taken.add(row)
    }
  return matches
}

function toNewKey(key: WantedKey, index: number): NewApiKey {
  const { id, name = null, enabled = true, weight = 1, source, configuration } = key
  const mayBeWithout = configuration !== undefined && key.masked === undefined
  if (!isGiven(key.source) && !mayBeWithout)
    throw new PartialFailure(
      `apiKeys[${index}]: ${labelOf(name, key.masked ?? '')} is not stored here. Say where its value is: \`valueFrom: { env: NAME }\`.`,
    )
  const missing = configuration?.parts.find((part) => !isGiven(part))
  if (missing !== undefined)
    throw new PartialFailure(
      `apiKeys[${index}]: the part ${missing.name} is not stored here. Say where its value is: \`valueFrom: { env: NAME }\`.`,
    )
  return { id, name, enabled, weight, ...source, configuration }
}

/** Undefined leaves a field as it is. */
function toKeptKey(key: WantedKey, row: ApiKey, isSame: boolean, isPartOf: IsPartOf): KeptApiKey {
  const { name, enabled, weight, source, configuration } = key
  return {
    id: row.id,
    name: name === (row.name ?? '') ? undefined : name,
    enabled: enabled === row.enabled ? undefined : enabled,
    weight: weight === row.weight ? undefined : weight,
    ...(isSame ? NO_SOURCE : source),
    configuration: configurationFor(configuration, row, isPartOf),
  }
}

function describeKept(keep: KeptApiKey, row: ApiKey): string[] {
  const label = labelOf(row.name, row.masked)
  const { name, enabled, weight, configuration } = keep
  return [
    ...(!isGiven(keep) ? [] : [`replace ${label} with ${maskOf(keep)}`]),
    ...(name === undefined ? [] : [`rename ${label} to "${name}"`]),
    ...(enabled === undefined ? [] : [`${enabled ? 'enable' : 'disable'} ${label}`]),
    ...(configuration === undefined ? [] : [`configure ${label} anew`]),
    ...(weight === undefined ? [] : [`weigh ${label} ${weight} instead of ${row.weight}`]),
  ]
}

function maskOf({ value, environmentVariable }: SecretSource): string {
  return environmentVariable === undefined ? maskKey(value?.reveal() ?? '') : maskVariable(environmentVariable)
}

function labelOf(name: string | null | undefined, masked: string): string {
  return [...(name ? [`"${name}"`] : []), ...(masked === '' ? [] : [masked])].join(' ') || 'a key without a name'
}

/** Whether a value or variable is the one that the key has. */
function isStoredIn(row: ApiKey, { value, environmentVariable }: SecretSource, isValueOf: KeyComparison['isValueOf']): boolean {
  if (value !== undefined) return isValueOf(row.id, value)
  return environmentVariable !== undefined && environmentVariable === row.environmentVariable
}
