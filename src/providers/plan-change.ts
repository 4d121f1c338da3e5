import { type Extensions, mergeExtensions } from '../api-keys/extensions.ts'
import {
  type KeyPlan,
  nothingStored,
  type PlannedKey,
  pathOfChange,
  planKeyChanges,
  type StoredKeys,
} from '../api-keys/plan-key-changes.ts'
import { planSealedExtensions } from '../api-keys/sealed-extensions.ts'
import type { ProviderSecretField, StoredRows } from '../api-keys/secret-binding.ts'
import type { SecretChanges } from '../api-keys/secret-changes.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import { destinationOf } from '../destination/destination.ts'
import type { BedrockSettings } from '../destination/stored-rows.ts'
import type { Prisma, Provider } from '../generated/prisma-sqlite/client.ts'
import { planBedrockSettings, readBedrockSettings } from './bedrock-settings.ts'
import { changedCallHeaders } from './call-settings.ts'
import { hasEndpoint } from './key-endpoint.ts'
import { readNetworkConfig } from './network-config.ts'
import { resolveEnabled } from './placeholder.ts'
import type { ExtensionFields, ProviderChanges } from './provider-input.ts'
import { type NetworkPlan, networkSecretChanges, planNetwork, sealedFields } from './store-network.ts'

/** What a change makes of a provider: all of it is known before anything is written. */
export interface ChangePlan {
  /** The columns that the change decides about, as they will be. */
  readonly columns: ChangedColumns
  readonly network: NetworkPlan | undefined
  /** Undefined when nothing is said of the keys. */
  readonly keys: KeyPlan | undefined
  readonly secrets: SecretChanges
  /** What the destinations will be made of. */
  readonly after: StoredRows
}

type PlainColumns = Pick<
  Provider,
  'displayName' | 'icon' | 'baseUrl' | 'enabled' | 'modelsPath' | 'authentication' | 'testAfterWrites' | 'callRoutes' | 'vendorPreset'
>
export interface ChangedColumns extends PlainColumns {
  readonly settings: { readonly bedrock: BedrockSettings } | undefined
  readonly extensions: Extensions | undefined
  readonly callHeaders: Prisma.JsonValue
}

/**
 * Says what the change makes of what was read at once. The input has passed its checks.
 * @throws ApiKeyNotFoundError, ValidationError.
 */
export function planChange(keyring: Keyring, provider: Provider, stored: StoredKeys, changes: ProviderChanges, now: Date): ChangePlan {
  const network = changes.network && planNetwork(changes.network, readNetworkConfig(provider.network))
  const bedrock = changes.settings && planBedrockSettings(changes.settings, readBedrockSettings(provider.settings), stored.sealed)
  const keepOthers = changes.keepOtherApiKeys ?? false
  const keys = changes.apiKeys && planKeyChanges(keyring, stored, changes.apiKeys, { keepOthers, now, pathOf: pathOfChange })
  const rows: readonly PlannedKey[] = keys?.rows ?? stored.keys
  const plain = plainColumns(provider, changes)
  const hasOne = hasEndpoint({ type: provider.type, baseUrl: plain.baseUrl }, rows)
  const columns = {
    ...plain,
    enabled: resolveEnabled(provider.enabled, hasEndpoint(provider, stored.keys), hasOne, changes.enabled),
    settings: bedrock && { bedrock: bedrock.settings },
    extensions: changedExtensions(changes, provider.extensions),
    callHeaders: changedCallHeaders(changes, provider.callHeaders),
  }
  return {
    columns,
    network,
    keys,
    secrets: {
      values: keys?.secrets.values ?? new Map(),
      carried: keys?.secrets.carried ?? new Set(),
      fields: new Map<string, Secret | null>([
        ...(network === undefined ? [] : networkSecretChanges(network, stored.sealed)),
        ...(bedrock?.fields ?? []),
        ...planSealedExtensions(changes.sealedExtensions, stored.sealed.fields.keys()),
        ...(keys?.secrets.fields ?? []),
      ]),
    },
    after: {
      provider: {
        ...provider,
        ...columns,
        settings: columns.settings ?? provider.settings,
        network: network?.config ?? provider.network,
      },
      keys: rows,
    },
  }
}

/** The column `extensions` after a change; undefined when it stays. */
export function changedExtensions({ extensions }: ExtensionFields, stored: unknown): Extensions | undefined {
  return extensions === undefined ? undefined : (mergeExtensions(stored, extensions, ['extensions']) ?? {})
}

/**
 * The plan of a change that has nothing to do with keys and secrets: it names none, and all of them go where they went. It
 * is made without reading them. Null for any other change.
 */
export function planPlainChange(keyring: Keyring, provider: Provider, changes: ProviderChanges, now: Date): ChangePlan | null {
  const { apiKeys, settings, sealedExtensions } = changes
  if (apiKeys !== undefined || settings !== undefined || sealedExtensions !== undefined) return null
  // Without a base URL the keys say whether there is an endpoint.
  if (provider.baseUrl === '' || changes.baseUrl === '') return null
  const plan = planChange(keyring, provider, nothingStored(provider), changes, now)
  const { network, secrets, after } = plan
  const kept = network?.kept ?? []
  const isDropped = (field: ProviderSecretField) => network !== undefined && !kept.includes(field)
  const isSame = destinationOf(provider, null) === destinationOf(after.provider, null)
  return secrets.fields.size === 0 && isSame && !sealedFields(readNetworkConfig(provider.network)).some(isDropped) ? plan : null
}

function plainColumns(provider: Provider, changes: ProviderChanges): Omit<PlainColumns, 'enabled'> {
  const { displayName = provider.displayName, icon = provider.icon, baseUrl = provider.baseUrl } = changes
  const { testAfterWrites = provider.testAfterWrites, authentication = provider.authentication, modelsPath } = changes
  const { vendorPreset } = provider
  const { callRoutes = provider.callRoutes } = changes
  const path = modelsPath === undefined ? provider.modelsPath : modelsPath || null
  return { displayName, icon, baseUrl, testAfterWrites, callRoutes, authentication, modelsPath: path, vendorPreset }
}
