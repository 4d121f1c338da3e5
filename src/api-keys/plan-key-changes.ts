import { randomUUID } from 'node:crypto'
import type { Keyring } from '../crypto/keyring.ts'
import { Secret } from '../crypto/secret.ts'
import { type CredentialPart, type ProviderRow, readCredentialParts } from '../destination/stored-rows.ts'
import { ApiKeyNotFoundError, ValidationError } from '../errors.ts'
import type { ApiKey } from '../generated/prisma-sqlite/client.ts'
import { type ApiKeyChange, checkKeyCount, type KeptApiKey, type NewApiKey } from './api-key-input.ts'
import { VALUE_PART } from './credential-parts.ts'
import { isGiven } from './key-configuration.ts'
import { maskInMiddle, maskKey } from './mask.ts'
import { openStoredParts, type PartsPlan, planParts } from './plan-parts.ts'
import type { SealedSecrets } from './provider-secrets.ts'
import { partsField, type StoredRows } from './secret-binding.ts'
import type { SecretChanges } from './secret-changes.ts'
import { maskVariable } from './secret-variable.ts'

interface MaskedKey {
  readonly id: string
  readonly masked: string
}

interface ChangedKey {
  readonly id: string
  readonly name?: 'changed'
  readonly enabled?: boolean
  readonly weight?: number
  readonly settings?: 'changed'
}

/** A key with another value than before. */
export interface ReplacedKey extends MaskedKey {
  /** The mask of the earlier value; null where there was none. */
  readonly was: string | null
}

/** What happens to a provider's keys, as the audit log tells it. */
export interface KeyChangeSummary {
  readonly added: readonly MaskedKey[]
  readonly removed: readonly MaskedKey[]
  /** Kept keys that have another value now, with the masks of both. */
  readonly replaced: readonly ReplacedKey[]
  readonly kept: number
  /** Kept keys that were renamed, weighed anew, enabled or disabled, or given other settings. A name is not repeated. */
  readonly changed: readonly ChangedKey[]
  /** Whether a kept key was enabled or disabled, or could have been. */
  readonly switched: boolean
}

/** The columns of a key that a change of its provider can write; `number` comes from the database. */
export type PlannedKey = Omit<ApiKey, 'number' | 'lastConnectionTestId' | 'availabilityResets'>

/** What changes make of the keys of a provider. */
export interface KeyPlan {
  /** All keys as they are then, in their order. */
  readonly rows: readonly PlannedKey[]
  readonly added: readonly PlannedKey[]
  /** Kept keys of which a column changes. */
  readonly changed: readonly PlannedKey[]
  readonly secrets: SecretChanges
  readonly summary: KeyChangeSummary
}

/** The keys of a provider as they are stored, with all that is sealed of it. */
export interface StoredKeys {
  readonly rows: StoredRows
  readonly keys: readonly ApiKey[]
  readonly sealed: SealedSecrets
}

/** What is stored of a provider without keys and secrets, or of one of which neither is needed. */
export function nothingStored(provider: ProviderRow): StoredKeys {
  return { rows: { provider, keys: [] }, keys: [], sealed: { keys: new Map(), fields: new Map() } }
}

/** Where a key is in the input, which its new ones are in alone or as changes. */
export type KeyPath = (index: number, kind: 'add' | 'keep') => readonly string[]

export const pathOfChange: KeyPath = (index, kind) => ['apiKeys', String(index), kind]
export const pathOfNewKey: KeyPath = (index) => ['apiKeys', String(index)]

export interface KeyPlanOptions {
  /** Whether keys that no change names stay. */
  readonly keepOthers: boolean
  readonly now: Date
  readonly pathOf: KeyPath
}

/**
 * Says what the changes make of the stored keys: kept ones stay, perhaps with a new value, new ones are added in order.
 * @throws ApiKeyNotFoundError when a change names a key that is not this provider's; ValidationError for what only the
 * stored keys tell.
 */
export function planKeyChanges(
  keyring: Keyring,
  stored: StoredKeys,
  changes: readonly ApiKeyChange[],
  { keepOthers, now, pathOf }: KeyPlanOptions,
): KeyPlan {
  const kept = new Map(
    changes.flatMap((change, index) =>
      'keep' in change ? [[change.keep.id, { ...change.keep, path: pathOf(index, 'keep') }] as const] : [],
    ),
  )
  const wanted = changes.flatMap((change, index) => ('add' in change ? [{ ...change.add, path: pathOf(index, 'add') }] : []))
  const dropped = changes.flatMap((change) => ('remove' in change ? [change.remove] : []))
  const unknown = [...kept.keys(), ...dropped].find((id) => !stored.keys.some((row) => row.id === id))
  if (unknown !== undefined) throw new ApiKeyNotFoundError(unknown)
  const isRemoved = ({ id }: ApiKey) => dropped.includes(id) || (!keepOthers && !kept.has(id))
  const removed = stored.keys.filter(isRemoved)
  const staying = stored.keys.filter((row) => !isRemoved(row)).map((row) => planKept(keyring, stored, row, kept.get(row.id)))
  const taken = wanted.find(({ id }, index) => id !== undefined && [...stored.keys, ...wanted.slice(0, index)].some((key) => key.id === id))
  if (taken !== undefined) throw keyIdTaken(taken.path)
  const added = wanted.map((key) => planNew(key, stored.rows.provider.id, now))
  const issues = checkKeyCount(staying.length + added.length)
  if (issues.length > 0) throw new ValidationError(issues)
  const all = [...staying, ...added]
  return {
    rows: all.map(({ row }) => row),
    added: added.map(({ row }) => row),
    changed: staying.filter(({ isChanged }) => isChanged).map(({ row }) => row),
    secrets: secretsOf(all),
    summary: {
      added: added.map(masked),
      removed: removed.map(({ id, masked: shown }) => ({ id, masked: shown })),
      replaced: staying.filter(({ value }) => value !== undefined).map((key) => ({ ...masked(key), was: maskBefore(key, stored.keys) })),
      changed: staying.flatMap(({ row }) => describeChange(row.id, kept.get(row.id), stored.keys)),
      kept: staying.length,
      switched: [...kept.values()].some((key) => key.enabled !== undefined || key.configuration !== undefined),
    },
  }
}

/** A key as it will be. `value`: undefined stays, null is none. */
interface Planned {
  readonly row: PlannedKey
  readonly value: Secret | null | undefined
  readonly parts: PartsPlan | null
  readonly isChanged: boolean
}

function maskBefore({ row: { id } }: Planned, keys: readonly ApiKey[]): string | null {
  return keys.find((key) => key.id === id)?.masked ?? null
}

function masked({ row: { id, masked: shown } }: Planned): MaskedKey {
  return { id, masked: shown }
}

/** What is wrong with a key whose id another one has. @param path of the key in the input. */
export function keyIdTaken(path: readonly string[]): ValidationError {
  const message = 'Another key has this UUID. Leave it out to get a new one.'
  return new ValidationError([{ path: [...path, 'uuid'], rule: 'API_KEY_ID_TAKEN', message }])
}

/** Where a key is in the input. */
interface Placed {
  readonly path: readonly string[]
}

function planNew(key: NewApiKey & Placed, providerId: string, now: Date): Planned {
  const { value, environmentVariable, name, enabled, weight, configuration, path } = key
  const parts = configuration === undefined ? null : planParts(configuration, null, { keep: () => new Map() }, path)
  const plain = { id: key.id ?? randomUUID(), providerId, name, enabled, weight, createdAt: now }
  const row = {
    ...{ ...plain, masked: maskOf(value, environmentVariable), environmentVariable: environmentVariable ?? null },
    ...(parts?.columns ?? NO_CONFIGURATION),
    credentialParts: withValueMask(parts?.parts ?? [], configuration?.parts === undefined ? null : (value ?? new Secret(''))),
  }
  return { row, value: sealedValueOf(value, environmentVariable), parts, isChanged: true }
}

function planKept(keyring: Keyring, stored: StoredKeys, before: ApiKey, key: (KeptApiKey & Placed) | undefined): Planned {
  const { number: _, lastConnectionTestId: __, availabilityResets: ___, ...row } = before
  if (key === undefined) return { row, value: undefined, parts: null, isChanged: false }
  const { value, environmentVariable, configuration, name, enabled = row.enabled, weight = row.weight, path } = key
  const hasNewValue = isGiven(key)
  const parts = configuration === undefined ? null : planParts(configuration, before, openingParts(keyring, stored, before, path), path)
  const known = parts?.parts ?? readCredentialParts(before.credentialParts).filter((part) => part.name !== VALUE_PART)
  const wasGivenWithParts = readCredentialParts(before.credentialParts).some((part) => part.name === VALUE_PART)
  const kept = readCredentialParts(before.credentialParts).filter((part) => part.name === VALUE_PART)
  const hasMask = configuration?.parts !== undefined || wasGivenWithParts
  const credentialParts = hasNewValue ? withValueMask(known, hasMask ? (value ?? new Secret('')) : null) : orNull([...kept, ...known])
  const newValue = hasNewValue ? { masked: maskOf(value, environmentVariable), environmentVariable: environmentVariable ?? null } : {}
  return {
    row: { ...row, name: name === undefined ? row.name : name || null, enabled, weight, ...newValue, ...parts?.columns, credentialParts },
    value: hasNewValue ? sealedValueOf(value, environmentVariable) : undefined,
    parts,
    isChanged: true,
  }
}

const NO_CONFIGURATION = {
  ...{ endpoint: null, endpointVariable: null, region: null, roleArn: null, externalId: null },
  ...{ models: null, exceptModels: null, extensions: null },
}

function maskOf(value: Secret | undefined, environmentVariable: string | undefined): string {
  return environmentVariable === undefined ? maskKey(value?.reveal() ?? '') : maskVariable(environmentVariable)
}

/** What is sealed: the value, or what names the variable. An empty value is none. */
function sealedValueOf(value: Secret | undefined, environmentVariable: string | undefined): Secret | null {
  if (environmentVariable !== undefined) return new Secret(maskVariable(environmentVariable))
  return value === undefined || value.reveal() === '' ? null : value
}

function withValueMask(parts: readonly CredentialPart[], value: Secret | null): PlannedKey['credentialParts'] {
  if (value === null) return orNull(parts)
  return orNull([{ name: VALUE_PART, masked: maskInMiddle(value.reveal()), environmentVariable: null }, ...parts])
}

function orNull(parts: readonly CredentialPart[]): PlannedKey['credentialParts'] {
  return parts.length === 0 ? null : parts.map((part) => ({ ...part }))
}

function openingParts(keyring: Keyring, { rows, sealed }: StoredKeys, { id }: ApiKey, path: readonly string[]) {
  return { keep: () => openStoredParts(keyring, rows, sealed, id, path) }
}

function secretsOf(planned: readonly Planned[]): SecretChanges {
  const fields = new Map<string, Secret | null>()
  const carried = new Set<string>()
  for (const { row, parts } of planned) {
    if (parts === null || parts.sealed === undefined) continue
    fields.set(partsField(row.id), parts.sealed)
    if (parts.carries) carried.add(partsField(row.id))
  }
  const values = planned.flatMap(({ row, value }) => (value === undefined ? [] : [[row.id, value] as const]))
  return { values: new Map(values), fields, carried }
}

/** What of a kept key is another than before, besides its value. */
function describeChange(id: string, change: KeptApiKey | undefined, keys: readonly ApiKey[]): ChangedKey[] {
  const row = keys.find((key) => key.id === id)
  if (change === undefined || row === undefined) return []
  const { name, enabled, weight, configuration } = change
  const changes: Omit<ChangedKey, 'id'> = {
    ...(name === undefined || name === (row.name ?? '') ? {} : { name: 'changed' }),
    ...(enabled === undefined || enabled === row.enabled ? {} : { enabled }),
    ...(weight === undefined || weight === row.weight ? {} : { weight }),
    ...(configuration === undefined ? {} : { settings: 'changed' }),
  }
  return Object.keys(changes).length === 0 ? [] : [{ id, ...changes }]
}
