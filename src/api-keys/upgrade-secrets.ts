import { z } from 'zod'
import { fingerprint, seal } from '../crypto/envelope.ts'
import { isFirstFormat, openFirstFormat } from '../crypto/first-format.ts'
import type { Keyring, KeyringKey } from '../crypto/keyring.ts'
import { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { insertRows } from '../database/insert-row.ts'
import type { ProviderRow } from '../destination/stored-rows.ts'
import type { FirstReleaseReader } from '../first-release.ts'
import type { ApiKey, ApiKeySecret, ProviderSecret } from '../generated/prisma-sqlite/client.ts'
import { VALUE_PART } from './credential-parts.ts'
import type { PlannedKey } from './plan-key-changes.ts'
import { planParts } from './plan-parts.ts'
import { apiKeyBinding, keyOfField, partsField, providerSecretBinding, type StoredRows } from './secret-binding.ts'
import { maskVariable } from './secret-variable.ts'

/** A provider of release 0.1.0 whose row has the form of this one. */
export interface UpgradedProvider {
  readonly row: ProviderRow
  /** Header values that stood in the open, by field. */
  readonly fresh: ReadonlyMap<string, Secret>
}

export interface UpgradeCounts {
  readonly secrets: number
  /** Secrets that could not be opened before either. They stay as they are. */
  readonly unreadable: number
}

const firstExtensions = z.record(z.string(), z.unknown())
const firstConfig = z.record(z.string(), z.string())
const CONFIG = /^apiKey\.(.+)\.config$/

/** Seals everything of these providers for the destination that it has, and gives their keys the form of this release. */
export async function upgradeSecrets(
  transaction: TransactionClient,
  keyring: Keyring,
  readers: readonly FirstReleaseReader[],
  outdated: readonly KeyringKey[],
  providers: readonly UpgradedProvider[],
): Promise<UpgradeCounts> {
  const ids = providers.map(({ row }) => row.id)
  const keys = await transaction.apiKey.findMany({ where: { providerId: { in: ids } }, orderBy: { number: 'asc' } })
  const values = await transaction.apiKeySecret.findMany({ where: { apiKey: { providerId: { in: ids } } } })
  const fields = await transaction.providerSecret.findMany({ where: { providerId: { in: ids } } })
  const upgrades = providers.map((provider) => {
    const ownKeys = keys.filter(({ providerId }) => providerId === provider.row.id)
    return upgradeProvider(keyring, readers, outdated, provider, {
      keys: ownKeys,
      values: values.filter(({ apiKeyId }) => ownKeys.some(({ id }) => id === apiKeyId)),
      fields: fields.filter(({ providerId }) => providerId === provider.row.id),
    })
  })
  await insertRows(
    transaction,
    'apiKey',
    upgrades.flatMap(({ rows }) => rows),
    ['id'],
  )
  await insertRows(
    transaction,
    'apiKeySecret',
    upgrades.flatMap((upgrade) => upgrade.values),
    ['api_key_id'],
  )
  const dropped = upgrades.flatMap((upgrade) => upgrade.dropped)
  if (dropped.length > 0) await transaction.providerSecret.deleteMany({ where: { OR: dropped } })
  await insertRows(
    transaction,
    'providerSecret',
    upgrades.flatMap((upgrade) => upgrade.fields),
    ['provider_id', 'field'],
  )
  const sum = (count: (upgrade: Upgrade) => number) => upgrades.reduce((total, upgrade) => total + count(upgrade), 0)
  return { secrets: sum((upgrade) => upgrade.values.length + upgrade.fields.length), unreadable: sum(({ unreadable }) => unreadable) }
}

interface Stored {
  readonly keys: readonly ApiKey[]
  readonly values: readonly ApiKeySecret[]
  readonly fields: readonly ProviderSecret[]
}

interface Upgrade {
  readonly rows: readonly PlannedKey[]
  readonly values: readonly ApiKeySecret[]
  readonly fields: readonly ProviderSecret[]
  readonly dropped: readonly { providerId: string; field: string }[]
  readonly unreadable: number
}

function upgradeProvider(
  keyring: Keyring,
  readers: readonly FirstReleaseReader[],
  outdated: readonly KeyringKey[],
  provider: UpgradedProvider,
  stored: Stored,
): Upgrade {
  const { id: providerId, type, baseUrl } = provider.row
  let unreadable = 0
  const opened = (sealed: string, kid: string, binding: { table: string; column: string; rowId: string }): Secret | null => {
    if (!isFirstFormat(sealed) || !outdated.some((key) => key.kid === kid)) return null
    const secret = openFirstFormat(keyring, sealed, { ...binding, providerId, type, baseUrl })
    if (secret === null) unreadable += 1
    return secret
  }
  const openField = ({ field, sealed, kid }: ProviderSecret) =>
    opened(sealed, kid, { table: 'provider_secrets', column: field, rowId: providerId })
  const configs = new Map(stored.fields.flatMap((row) => [[CONFIG.exec(row.field)?.[1] ?? '', row] as const]))
  const keys = stored.keys.map((key) => {
    const config = configs.get(key.id)
    const parts = config === undefined ? new Map<string, string>() : readConfig(openField(config))
    // Without its parts nobody knows where the key went: it must not go to the provider's endpoint instead.
    return { key, isLost: parts === null, ...(parts === null ? unchanged(key) : upgradeKey(key, parts, readers)) }
  })
  const after: StoredRows = { provider: provider.row, keys: keys.map(({ row }) => row) }
  const values = keys.flatMap(({ key, row, isLost }): ApiKeySecret[] => {
    const text = stored.values.find(({ apiKeyId }) => apiKeyId === key.id)
    if (isLost) return []
    const named = key.environmentVariable !== null && text === undefined ? new Secret(maskVariable(key.environmentVariable)) : null
    const value = named ?? (text && opened(text.sealed, text.kid, { table: 'api_key_secrets', column: 'sealed', rowId: key.id })) ?? null
    if (value === null) return []
    return [{ apiKeyId: key.id, ...seal(keyring, value, apiKeyBinding(after, row)), fingerprint: fingerprint(keyring, value) }]
  })
  const partFields = keys.flatMap(({ key, sealed }) => (sealed ? [[partsField(key.id), sealed] as const] : []))
  const own = stored.fields.flatMap((row) => {
    const secret = CONFIG.test(row.field) || keyOfField(row.field) !== null ? null : openField(row)
    return secret === null ? [] : [[row.field, secret] as const]
  })
  const fields = [...own, ...provider.fresh, ...partFields].map(([field, secret]) => ({
    ...{ providerId, field },
    ...seal(keyring, secret, providerSecretBinding(after, field)),
  }))
  const dropped = keys.flatMap(({ key, isLost }) => {
    const config = configs.get(key.id)
    return config === undefined || isLost ? [] : [{ providerId, field: config.field }]
  })
  return { rows: keys.flatMap(({ row, isChanged }) => (isChanged ? [row] : [])), values, fields, dropped, unreadable }
}

function readConfig(secret: Secret | null): ReadonlyMap<string, string> | null {
  return secret === null ? null : new Map(Object.entries(firstConfig.parse(JSON.parse(secret.reveal()))))
}

function unchanged(key: ApiKey): { row: PlannedKey; isChanged: boolean; sealed: Secret | null } {
  const { number: _, lastConnectionTestId: __, availabilityResets: ___, ...row } = key
  return { row, isChanged: false, sealed: null }
}

/** The row of a key in the form of this release, and what of its parts is to be sealed. */
function upgradeKey(
  key: ApiKey,
  config: ReadonlyMap<string, string>,
  readers: readonly FirstReleaseReader[],
): { row: PlannedKey; isChanged: boolean; sealed: Secret | null } {
  const kept = firstExtensions.safeParse(key.extensions).data ?? {}
  const [first] = readers.flatMap(({ namespace, readKey }) => {
    const read = readKey(kept[namespace], config)
    return read === null ? [] : [{ ...read, extensions: { [namespace]: read.kept } }]
  })
  if (first === undefined) return unchanged(key)
  const { number: _, lastConnectionTestId: __, availabilityResets: ___, ...row } = key
  const { models, exceptModels, extensions, maskedValue } = first
  const parts = first.parts.map(({ name, credential: { value, environmentVariable } = {} }) => ({
    ...{ name, at: [] },
    ...(value === undefined ? { value, environmentVariable } : { value: new Secret(value), environmentVariable: undefined }),
  }))
  const plan = planParts({ parts, models, exceptModels, extensions }, null, { keep: () => new Map() }, [])
  const shown = maskedValue === null ? [] : [{ name: VALUE_PART, masked: maskedValue, environmentVariable: null }]
  const all = [...shown, ...plan.parts].map((part) => ({ ...part }))
  return { row: { ...row, ...plan.columns, credentialParts: all.length === 0 ? null : all }, isChanged: true, sealed: plan.sealed ?? null }
}
