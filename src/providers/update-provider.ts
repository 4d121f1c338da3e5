import { applyKeyChanges, type KeyChangeSummary } from '../api-keys/apply-key-changes.ts'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import { ApiKeysNotSupportedError, ValidationError } from '../errors.ts'
import type { Prisma, Provider } from '../generated/prisma-sqlite/client.ts'
import { acceptsBedrockSettings, type BedrockSettings, checkExternalId, checkKeyPair, readBedrockSettings } from './bedrock-settings.ts'
import { checkCustomProvider, readBifrostSettings } from './bifrost-settings.ts'
import { readDialectSettings, storeDialectSettings } from './dialect-settings.ts'
import { checkAddedEnvironmentKeys } from './environment-keys.ts'
import { checkKeyNames } from './key-names.ts'
import { lockProvider } from './lock-provider.ts'
import { moveSecrets } from './move-secrets.ts'
import { settleNetwork } from './network-changes.ts'
import { readNetworkConfig } from './network-config.ts'
import { checkMaskedHeaders } from './network-input.ts'
import { settleEndpoint } from './placeholder.ts'
import type { ProviderDeps } from './provider-deps.ts'
import {
  acceptsApiKeys,
  checkBaseUrl,
  checkProviderChanges,
  type ExpectedState,
  isTyped,
  keylessReason,
  type ProviderChanges,
  type ProviderRef,
  settingsNotSupported,
} from './provider-input.ts'
import { searchColumns } from './search-text.ts'
import { storeBedrockSettings } from './store-bedrock-settings.ts'
import { changedNetworkFields, type NetworkPlan, planNetwork, storeNetworkSecrets } from './store-network.ts'

/**
 * Changes a provider, its settings and its keys in one transaction: all of it or none of it. Returns its id.
 * The order of checks is the Coder contract's, section 1.4.
 * @throws ValidationError, ProviderNotFoundError, VersionConflictError, ApiKeyNotFoundError, ApiKeysNotSupportedError,
 * KeyRequiredForNewEndpointError.
 */
export async function updateProvider(
  deps: ProviderDeps,
  caller: Caller,
  ref: ProviderRef,
  changes: ProviderChanges,
  expected: ExpectedState,
): Promise<string> {
  const issues = checkProviderChanges(changes, caller.channel, deps)
  if (issues.length > 0) throw new ValidationError(issues)
  const now = deps.clock()
  return deps.database.write(async (transaction) => {
    const provider = await lockProvider(transaction, ref, expected, now)
    return changeProvider(transaction, deps, caller, provider, changes, now)
  })
}

/** Changes a locked provider; the input has passed the rules that need no knowledge of what is stored. Returns its id. */
export async function changeProvider(
  transaction: TransactionClient,
  deps: ProviderDeps,
  caller: Caller,
  provider: Provider,
  asked: ProviderChanges,
  now: Date,
): Promise<string> {
  const changes = settleNetwork(deps, provider, settleEndpoint(deps, caller, provider, asked))
  const storedSettings = readBedrockSettings(provider.settings)
  checkAgainstStored(provider, storedSettings, changes, caller)
  await checkPlacesAndKeys(transaction, deps, caller, provider, changes)

  const owner = { providerId: provider.id, type: provider.type, baseUrl: changes.baseUrl ?? provider.baseUrl }
  const storedNetwork = readNetworkConfig(provider.network)
  const network = changes.network && planNetwork(changes.network, storedNetwork)
  const doors = await moveSecrets(transaction, deps.keyring, caller, provider, changes, network)
  const pairIssues = isTyped(caller.channel) ? checkKeyPair(changes.settings, storedSettings) : []
  if (pairIssues.length > 0) throw new ValidationError(pairIssues)
  if (network !== undefined) await storeNetworkSecrets(transaction, deps.keyring, owner, network)
  const settings = changes.settings && (await storeBedrockSettings(transaction, deps.keyring, owner, changes.settings, storedSettings))
  if (changes.dialectSettings !== undefined) await storeDialectSettings(transaction, deps.keyring, owner, changes.dialectSettings)
  const store = { transaction, keyring: deps.keyring, owner, now }
  const keys = changes.apiKeys && (await applyKeyChanges(store, changes.apiKeys, changes.keepOtherApiKeys ?? false))
  const networkChanges = network === undefined ? [] : changedNetworkFields(storedNetwork, network)
  const parts = { settings, network, networkChanges, keys }
  await updateRow(transaction, provider, changes, parts, now)
  const audited = auditedChanges(changes, parts, doors)
  await recordAudit(
    transaction,
    caller,
    { action: 'provider.updated', subjectType: 'provider', subjectId: provider.id, changes: audited },
    now,
  )
  return provider.id
}

/** The rules that depend on what is stored. */
function checkAgainstStored(provider: Provider, stored: BedrockSettings | null, changes: ProviderChanges, { channel }: Caller): void {
  const { bifrost } = changes.dialectSettings ?? {}
  const storedBifrost = readBifrostSettings(readDialectSettings(provider.dialectSettings).bifrost)
  const customIssues = bifrost === undefined ? [] : checkCustomProvider(bifrost, storedBifrost)
  if (customIssues.length > 0) throw new ValidationError(customIssues)
  const externalIdIssues = checkExternalId(changes.settings?.externalId, stored?.externalId)
  if (externalIdIssues.length > 0) throw new ValidationError(externalIdIssues)
  if (changes.settings !== undefined && !acceptsBedrockSettings(provider.type)) throw new ValidationError([settingsNotSupported()])
  if (changes.apiKeys === undefined || changes.apiKeys.length === 0) return
  if (changes.settings !== undefined || stored !== null) throw new ApiKeysNotSupportedError('BEDROCK', keylessReason('BEDROCK'))
  // In Bifrost the keys of a Bedrock provider bring their credentials (Bifrost contract, section 2.6).
  if (provider.type === 'BEDROCK' && channel === 'bifrost') return
  if (!acceptsApiKeys(provider.type)) throw new ApiKeysNotSupportedError('COPILOT', keylessReason('COPILOT'))
}

/** The rules for a stored provider's network and for keys from the environment, which depend on who asks and what is stored. */
async function checkPlacesAndKeys(
  transaction: TransactionClient,
  deps: ProviderDeps,
  caller: Caller,
  provider: Provider,
  changes: ProviderChanges,
): Promise<void> {
  const stored = readNetworkConfig(provider.network)
  const allowPrivateNetwork = changes.network ? (changes.network.allowPrivateNetwork ?? true) : stored.allowPrivateNetwork
  const baseUrl = changes.baseUrl ?? provider.baseUrl
  // With the private network allowed, a given base URL has passed its check already.
  const isUnchecked = !allowPrivateNetwork && baseUrl !== '' && (changes.baseUrl !== undefined || changes.network !== undefined)
  const issues = [
    ...(isUnchecked ? checkBaseUrl(baseUrl, caller.channel, deps, { allowPrivateNetwork }) : []),
    ...(changes.network === undefined ? [] : checkMaskedHeaders(changes.network, stored)),
    ...(changes.apiKeys === undefined ? [] : await checkAddedEnvironmentKeys(transaction, deps, caller, provider, changes.apiKeys)),
    ...(changes.apiKeys === undefined || caller.channel !== 'bifrost'
      ? []
      : await checkKeyNames(transaction, deps.database.engine, changes.apiKeys)),
  ]
  if (issues.length > 0) throw new ValidationError(issues)
}

/** What a change stored beside the provider's own fields. */
interface StoredParts {
  readonly settings: BedrockSettings | undefined
  readonly network: NetworkPlan | undefined
  /** The fields of the network that really changed. */
  readonly networkChanges: readonly string[]
  readonly keys: KeyChangeSummary | undefined
}

async function updateRow(
  transaction: TransactionClient,
  provider: Provider,
  changes: ProviderChanges,
  parts: StoredParts,
  now: Date,
): Promise<void> {
  const { displayName = provider.displayName, icon = provider.icon, baseUrl = provider.baseUrl, enabled = provider.enabled } = changes
  const { settings, network, networkChanges, keys } = parts
  const endpointChanged = baseUrl !== provider.baseUrl || settings !== undefined
  const routeChanged = endpointChanged || networkChanges.length > 0
  if (routeChanged) await transaction.apiKey.updateMany({ where: { providerId: provider.id }, data: { lastConnectionTestId: null } })
  const keysChanged = keys !== undefined && (keys.added.length > 0 || keys.removed.length > 0 || keys.replaced.length > 0 || keys.switched)
  await transaction.provider.update({
    where: { id: provider.id },
    data: {
      ...{ displayName, icon, baseUrl, enabled },
      ...searchColumns({ name: provider.name, displayName, baseUrl }),
      ...(settings === undefined ? {} : { settings: { bedrock: settings } }),
      ...(network === undefined ? {} : { network: network.config }),
      ...(endpointChanged ? { endpointChangedAt: now } : {}),
      ...(routeChanged || keysChanged ? { lastConnectionTestId: null } : {}),
    },
  })
}

function auditedChanges(changes: ProviderChanges, { networkChanges, keys }: StoredParts, doors: readonly string[]): Prisma.InputJsonObject {
  const { displayName, icon, baseUrl, enabled } = changes
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(icon === undefined ? {} : { icon: icon.slice(0, 200) }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(changes.settings === undefined ? {} : { settings: 'changed' }),
    ...(changes.dialectSettings === undefined ? {} : { dialectSettings: 'changed' }),
    ...(networkChanges.length === 0 ? {} : { network: [...networkChanges] }),
    ...(keys === undefined
      ? {}
      : {
          apiKeys: {
            added: keys.added.map((key) => ({ ...key })),
            removed: keys.removed.map((key) => ({ ...key })),
            ...(keys.replaced.length === 0 ? {} : { replaced: keys.replaced.map((key) => ({ ...key })) }),
            ...(keys.changed.length === 0 ? {} : { changed: keys.changed.map((key) => ({ ...key })) }),
            kept: keys.kept,
          },
        }),
    ...(doors.length === 0 ? {} : { keysKeptForNewEndpoint: true, sentElsewhereBy: [...doors] }),
  }
}
