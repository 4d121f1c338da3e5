import { randomUUID } from 'node:crypto'
import { fingerprint, seal } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { isUniqueViolation } from '../database/failures.ts'
import { insertRow } from '../database/insert-row.ts'
import { ApiKeyNotFoundError, ValidationError } from '../errors.ts'
import type { Prisma } from '../generated/prisma-sqlite/client.ts'
import { type ApiKeyChange, checkKeyCount, type KeptApiKey, type NewApiKey } from './api-key-input.ts'
import { type BifrostKey, maskInMiddle, readBifrostKey } from './bifrost-key.ts'
import { keyConfigField, storeBifrostKey } from './bifrost-key-secrets.ts'
import { maskKey } from './mask.ts'
import { storeProviderSecret } from './provider-secrets.ts'
import { apiKeyBinding, type SecretOwner } from './secret-owner.ts'
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

/** What happened to a provider's keys, as the audit log tells it. */
export interface KeyChangeSummary {
  readonly added: readonly MaskedKey[]
  readonly removed: readonly MaskedKey[]
  /** Kept keys that have another value now. */
  readonly replaced: readonly MaskedKey[]
  readonly kept: number
  /** Kept keys that were renamed, weighed anew, enabled or disabled, or given other settings. A name is not repeated. */
  readonly changed: readonly ChangedKey[]
  /** Whether a kept key was enabled or disabled, or could have been. */
  readonly switched: boolean
}

/** What keys are stored with. */
export interface KeyStore {
  readonly transaction: TransactionClient
  readonly keyring: Keyring
  readonly owner: SecretOwner
  readonly now: Date
}

const KEY_ID = { name: 'api_keys_id_key', columns: ['id'] }

/**
 * Makes the stored keys of a provider those that the changes state: kept ones stay, perhaps with a new value, new ones are
 * sealed and added in order. Keys that no change names are deleted, or stay when `keepOthers` says so.
 * @throws ApiKeyNotFoundError when a change names a key that is not this provider's; ValidationError for what only the
 * stored keys tell. The transaction must then roll back.
 */
export async function applyKeyChanges(store: KeyStore, changes: readonly ApiKeyChange[], keepOthers: boolean): Promise<KeyChangeSummary> {
  const { transaction, keyring, owner } = store
  const { providerId } = owner
  const stored = await transaction.apiKey.findMany({
    where: { providerId },
    select: { id: true, masked: true, name: true, enabled: true, weight: true, dialectSettings: true },
  })
  const kept = changes.flatMap((change) => ('keep' in change ? [change.keep] : []))
  const dropped = changes.flatMap((change) => ('remove' in change ? [change.remove] : []))
  const unknown = [...kept.map((key) => key.id), ...dropped].find((id) => !stored.some((row) => row.id === id))
  if (unknown !== undefined) throw new ApiKeyNotFoundError(unknown)

  const isRemoved = (id: string) => dropped.includes(id) || (!keepOthers && !kept.some((key) => key.id === id))
  const removed = stored.filter((row) => isRemoved(row.id)).map(({ id, masked }) => ({ id, masked }))
  const addedCount = changes.filter((change) => 'add' in change).length
  const countIssues = checkKeyCount(stored.length - removed.length + addedCount)
  if (countIssues.length > 0) throw new ValidationError(countIssues)
  if (removed.length > 0) await transaction.apiKey.deleteMany({ where: { id: { in: removed.map((row) => row.id) } } })
  for (const { id } of removed) await storeProviderSecret(transaction, keyring, owner, keyConfigField(id), null)
  const replaced: MaskedKey[] = []
  const changed: ChangedKey[] = []
  for (const key of kept) {
    const row = stored.find(({ id }) => id === key.id)
    const masked = await updateKeptKey(store, key, row?.dialectSettings ?? null)
    if (masked !== null) replaced.push({ id: key.id, masked })
    changed.push(...(row === undefined ? [] : describeChange(key, row)))
  }
  const added = await addKeys(
    store,
    changes.flatMap((change) => ('add' in change ? [change.add] : [])),
  )
  const switched = kept.some((key) => key.enabled !== undefined || key.bifrost !== undefined)
  return { added, removed, replaced, changed, kept: stored.length - removed.length, switched }
}

/** What of a kept key is another than before, besides its value. */
function describeChange(
  { id, name, enabled, weight, bifrost }: KeptApiKey,
  row: { readonly name: string | null; readonly enabled: boolean; readonly weight: number },
): ChangedKey[] {
  const changes: Omit<ChangedKey, 'id'> = {
    ...(name === undefined || name === (row.name ?? '') ? {} : { name: 'changed' }),
    ...(enabled === undefined || enabled === row.enabled ? {} : { enabled }),
    ...(weight === undefined || weight === row.weight ? {} : { weight }),
    ...(bifrost === undefined ? {} : { settings: 'changed' }),
  }
  return Object.keys(changes).length === 0 ? [] : [{ id, ...changes }]
}

/**
 * Seals keys and adds them in order, to a provider that has room for them.
 * @throws ValidationError when another key has the id of one. The transaction must then roll back.
 */
export async function addKeys(store: KeyStore, keys: readonly NewApiKey[]): Promise<MaskedKey[]> {
  const added: MaskedKey[] = []
  for (const key of keys) added.push(await addKey(store, key))
  return added
}

/** Returns the mask of the new value, or null when the value stays. */
async function updateKeptKey(store: KeyStore, key: KeptApiKey, dialectSettings: unknown): Promise<string | null> {
  const { transaction } = store
  const { id, value, environmentVariable } = key
  const masked = value === undefined && environmentVariable === undefined ? null : maskOf(value, environmentVariable)
  const bifrost = await keptBifrostKey(store, key, dialectSettings, masked !== null)
  const data: Prisma.ApiKeyUpdateInput = {
    ...plainChanges(key),
    ...(masked === null ? {} : { masked, environmentVariable: environmentVariable ?? null, lastConnectionTest: { disconnect: true } }),
    ...(bifrost === null ? {} : { dialectSettings: bifrost }),
  }
  if (Object.keys(data).length > 0) await transaction.apiKey.update({ where: { id }, data })
  if (masked !== null) {
    await transaction.apiKeySecret.deleteMany({ where: { apiKeyId: id } })
    await storeValue(store, id, value)
  }
  return masked
}

/** An empty name is none: what is left out stays. */
function plainChanges({ name, enabled, weight }: KeptApiKey): Prisma.ApiKeyUpdateInput {
  return {
    ...(name === undefined ? {} : { name: name === '' ? null : name }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(weight === undefined ? {} : { weight }),
  }
}

/** The column `dialectSettings` of a kept key; null when it stays. A new value has another mask there too. */
async function keptBifrostKey(
  { transaction, keyring, owner }: KeyStore,
  { id, value, bifrost }: KeptApiKey,
  dialectSettings: unknown,
  hasNewValue: boolean,
): Promise<{ bifrost: BifrostKey } | null> {
  const stored = readBifrostKey(dialectSettings)
  const maskedValue = hasNewValue ? maskInMiddle(value?.reveal() ?? '') : (stored?.maskedValue ?? null)
  if (bifrost !== undefined) return storeBifrostKey(transaction, keyring, owner, id, bifrost, stored, maskedValue)
  return hasNewValue && stored !== null ? { bifrost: { ...stored, maskedValue } } : null
}

async function addKey(store: KeyStore, key: NewApiKey): Promise<MaskedKey> {
  const { transaction, keyring, owner, now } = store
  const id = key.id ?? randomUUID()
  const { value, environmentVariable, name, enabled, weight, bifrost } = key
  const masked = maskOf(value, environmentVariable)
  const row = { id, providerId: owner.providerId, name, masked, enabled, weight, environmentVariable, createdAt: now }
  try {
    await insertRow(transaction, 'apiKey', row)
  } catch (error) {
    if (!isUniqueViolation(error, KEY_ID)) throw error
    const message = 'Another key has this id. Leave it out to get a new one.'
    throw new ValidationError([{ path: ['apiKeys', 'id'], rule: 'API_KEY_ID_TAKEN', message }])
  }
  if (bifrost !== undefined) {
    const dialectSettings = await storeBifrostKey(transaction, keyring, owner, id, bifrost, null, maskInMiddle(value?.reveal() ?? ''))
    await transaction.apiKey.update({ where: { id }, data: { dialectSettings } })
  }
  await storeValue(store, id, value)
  return { id, masked }
}

function maskOf(value: Secret | undefined, environmentVariable: string | undefined): string {
  return environmentVariable === undefined ? maskKey(value?.reveal() ?? '') : maskVariable(environmentVariable)
}

/** Seals a value for a key that has none stored; without a value, or with an empty one, there is none to seal. */
async function storeValue({ transaction, keyring, owner }: KeyStore, apiKeyId: string, value: Secret | undefined): Promise<void> {
  if (value === undefined || value.reveal() === '') return
  const { sealed, kid } = seal(keyring, value, apiKeyBinding(owner, apiKeyId))
  await insertRow(transaction, 'apiKeySecret', { apiKeyId, sealed, kid, fingerprint: fingerprint(keyring, value) })
}
