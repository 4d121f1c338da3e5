import { type KeyChangeSummary, nothingStored, type StoredKeys } from '../api-keys/plan-key-changes.ts'
import { readStoredProvider } from '../api-keys/read-stored-provider.ts'
import { checkRepeatedKeys } from '../api-keys/repeated-values.ts'
import { planWrites, writeSecrets } from '../api-keys/secret-changes.ts'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import { withoutQueryValues } from '../destination/canonical-url.ts'
import type { BedrockSettings } from '../destination/stored-rows.ts'
import { ApiKeysNotSupportedError, ProviderNotFoundError, ValidationError } from '../errors.ts'
import type { Prisma, Provider } from '../generated/prisma-sqlite/client.ts'
import { acceptsBedrockSettings, checkExternalId, checkKeyPair, readBedrockSettings } from './bedrock-settings.ts'
import { auditedCallSettings, checkCallSettings } from './call-settings.ts'
import { checkAddedEnvironmentKeys } from './environment-keys.ts'
import { checkKeyNames } from './key-names.ts'
import { lockProvider } from './lock-provider.ts'
import { auditedMoves, refuseMoves } from './move-secrets.ts'
import { resolveNetwork } from './network-changes.ts'
import { readNetworkConfig } from './network-config.ts'
import { checkMaskedHeaders } from './network-input.ts'
import { resolveEndpoint } from './placeholder.ts'
import { type ChangePlan, planChange, planPlainChange } from './plan-change.ts'
import type { ProviderDeps } from './provider-deps.ts'
import {
  checkBaseUrl,
  checkProviderChanges,
  type ExpectedState,
  keylessReason,
  type ProviderChanges,
  type ProviderRef,
  settingsNotSupported,
} from './provider-input.ts'
import { changedNetworkFields } from './store-network.ts'
import { writePlan } from './write-plan.ts'

/** A provider that was changed. */
export interface Changed {
  readonly id: string
  /** Stored secrets that should have moved and cannot be read: ids of keys, and fields of the provider. They go nowhere. */
  readonly unreadableSecrets: readonly string[]
}

/**
 * Changes a provider, its settings and its keys in one transaction: all of it or none of it. Returns its id.
 * Rules of the input come first, then the provider, its version, and what is stored.
 * @throws ValidationError, ProviderNotFoundError, VersionConflictError, ApiKeyNotFoundError, ApiKeysNotSupportedError,
 * KeyRequiredForNewEndpointError.
 */
export async function updateProvider(
  deps: ProviderDeps,
  caller: Caller,
  ref: ProviderRef,
  changes: ProviderChanges,
  expected: ExpectedState,
): Promise<Changed> {
  const issues = checkProviderChanges(changes, caller.rules, deps)
  if (issues.length > 0) throw new ValidationError(issues)
  const now = deps.clock()
  return deps.database.write(async (transaction) => {
    const provider = await lockProvider(transaction, ref, expected, now)
    return changeProvider(transaction, deps, caller, provider, changes, now)
  })
}

/**
 * Changes a locked provider; the input has passed the rules that need no knowledge of what is stored. All that is stored is
 * read once, all that changes is planned from it, and each table is written once.
 */
export async function changeProvider(
  transaction: TransactionClient,
  deps: ProviderDeps,
  caller: Caller,
  provider: Provider,
  asked: ProviderChanges,
  now: Date,
): Promise<Changed> {
  const { changes, stored, plan, moves, writes } = await prepareChange(transaction, deps, caller, provider, asked, now)
  await writePlan(transaction, provider, stored, plan, now)
  await writeSecrets(transaction, provider.id, writes)
  const audited = { ...auditedChanges(changes, provider, plan), ...auditedMoves(stored, plan, moves, writes.unreadable) }
  const event = { action: 'provider.updated', subjectType: 'provider', subjectId: provider.id, changes: audited } as const
  await recordAudit(transaction, caller, event, now)
  return { id: provider.id, unreadableSecrets: writes.unreadable }
}

/**
 * All that a change comes to, with every rule asked that depends on what is stored. Writes nothing.
 * @throws what `updateProvider` throws, but for a conflict of versions.
 */
export async function prepareChange(
  client: TransactionClient,
  deps: ProviderDeps,
  caller: Caller,
  provider: Provider,
  asked: ProviderChanges,
  now: Date,
) {
  const changes = resolveNetwork(deps, provider, resolveEndpoint(deps, caller, provider, asked))
  checkAgainstStored(provider, readBedrockSettings(provider.settings), changes)
  const callIssues = checkCallSettings(caller, changes, provider)
  if (callIssues.length > 0) throw new ValidationError(callIssues)
  const { stored, plan } = await readAndPlan(client, deps.keyring, provider, changes, now)
  await checkPlan(client, deps, caller, provider, stored, plan, changes)
  const moves = refuseMoves(caller, stored, plan)
  const pairIssues = caller.rules.refusesPastedText ? checkKeyPair(changes.settings, readBedrockSettings(provider.settings)) : []
  if (pairIssues.length > 0) throw new ValidationError(pairIssues)
  return { changes, stored, plan, moves, writes: planWrites(deps.keyring, stored.rows, plan.after, stored.sealed, plan.secrets, moves) }
}

/** Reads the keys and secrets where the change has to do with them, once, and plans it. */
async function readAndPlan(
  transaction: TransactionClient,
  keyring: Keyring,
  provider: Provider,
  changes: ProviderChanges,
  now: Date,
): Promise<{ readonly stored: StoredKeys; readonly plan: ChangePlan }> {
  const plain = planPlainChange(keyring, provider, changes, now)
  if (plain !== null) return { stored: nothingStored(provider), plan: plain }
  const found = await readStoredProvider(transaction, { id: provider.id })
  if (found === null) throw new ProviderNotFoundError()
  return { stored: found.stored, plan: planChange(keyring, provider, found.stored, changes, now) }
}

/** The rules that depend on what is stored. */
function checkAgainstStored(provider: Provider, stored: BedrockSettings | null, changes: ProviderChanges): void {
  const externalIdIssues = changes.settings === undefined ? [] : checkExternalId(changes.settings, stored?.externalId)
  if (externalIdIssues.length > 0) throw new ValidationError(externalIdIssues)
  if (changes.settings !== undefined && !acceptsBedrockSettings(provider.type)) throw new ValidationError([settingsNotSupported()])
  if (changes.apiKeys === undefined || changes.apiKeys.length === 0) return
  if (changes.settings !== undefined || stored !== null) throw new ApiKeysNotSupportedError('BEDROCK', keylessReason('BEDROCK'))
  // A Bedrock provider without settings is one whose keys bring the credentials, whoever changes it.
  if (provider.type === 'COPILOT') throw new ApiKeysNotSupportedError('COPILOT', keylessReason('COPILOT'))
}

/** The rules for the network and for keys, which depend on who asks and what is stored. */
async function checkPlan(
  transaction: TransactionClient,
  deps: ProviderDeps,
  caller: Caller,
  provider: Provider,
  stored: StoredKeys,
  plan: ChangePlan,
  changes: ProviderChanges,
): Promise<void> {
  const network = readNetworkConfig(provider.network)
  const allowPrivateNetwork = changes.network ? (changes.network.allowPrivateNetwork ?? true) : network.allowPrivateNetwork
  const { baseUrl } = plan.columns
  // With the private network allowed, a given base URL has passed its check already.
  const isUnchecked = !allowPrivateNetwork && baseUrl !== '' && (changes.baseUrl !== undefined || changes.network !== undefined)
  const issues = [
    ...(isUnchecked ? checkBaseUrl(baseUrl, caller.rules, deps, { allowPrivateNetwork }) : []),
    ...(changes.network === undefined ? [] : checkMaskedHeaders(changes.network, network)),
    ...(changes.apiKeys === undefined ? [] : checkAddedEnvironmentKeys(deps, caller, stored, plan, changes.apiKeys)),
    ...(changes.apiKeys === undefined || plan.keys === undefined || changes.asStored || !caller.rules.refusesPastedText
      ? []
      : checkRepeatedKeys(deps.keyring, stored, plan.keys, changes.apiKeys)),
    ...(changes.apiKeys === undefined || !caller.rules.uniqueKeyNames
      ? []
      : await checkKeyNames(transaction, deps.database.engine, changes.apiKeys)),
  ]
  if (issues.length > 0) throw new ValidationError(issues)
}

/** Of these the audit log says that they changed, and not how. */
const UNTOLD_PARTS = ['settings', 'extensions', 'sealedExtensions'] as const

function auditedChanges(changes: ProviderChanges, provider: Provider, { columns, network, keys }: ChangePlan): Prisma.InputJsonObject {
  const { displayName, icon, baseUrl, modelsPath, authentication, testAfterWrites } = changes
  const networkChanges = network === undefined ? [] : changedNetworkFields(readNetworkConfig(provider.network), network)
  return {
    ...before(changes, provider),
    ...(displayName === undefined ? {} : { displayName }),
    ...(icon === undefined ? {} : { icon: icon.slice(0, 200) }),
    ...(baseUrl === undefined ? {} : { baseUrl: withoutQueryValues(baseUrl) }),
    ...(changes.enabled === undefined && columns.enabled === provider.enabled ? {} : { enabled: columns.enabled }),
    ...(modelsPath === undefined || (modelsPath || null) === provider.modelsPath ? {} : { modelsPath: withoutQueryValues(modelsPath) }),
    ...(authentication === undefined || authentication === provider.authentication ? {} : { authentication }),
    ...(testAfterWrites === undefined || testAfterWrites === provider.testAfterWrites ? {} : { testAfterWrites }),
    ...auditedCallSettings(changes, provider),
    ...Object.fromEntries(UNTOLD_PARTS.flatMap((part) => (changes[part] === undefined ? [] : [[part, 'changed'] as const]))),
    ...(networkChanges.length === 0 ? {} : { network: [...networkChanges] }),
    ...(keys === undefined ? {} : { apiKeys: auditedKeys(keys.summary) }),
  }
}

/** What fields that are told were before, where they were another value. */
function before({ displayName, icon, baseUrl, enabled }: ProviderChanges, provider: Provider): Prisma.InputJsonObject {
  const old = {
    ...(displayName === undefined || displayName === provider.displayName ? {} : { displayName: provider.displayName }),
    ...(icon === undefined || icon === provider.icon ? {} : { icon: provider.icon.slice(0, 200) }),
    ...(baseUrl === undefined || baseUrl === provider.baseUrl ? {} : { baseUrl: withoutQueryValues(provider.baseUrl) }),
    ...(enabled === undefined || enabled === provider.enabled ? {} : { enabled: provider.enabled }),
  }
  return Object.keys(old).length === 0 ? {} : { before: old }
}

function auditedKeys({ added, removed, replaced, changed, kept }: KeyChangeSummary): Prisma.InputJsonObject {
  return {
    added: added.map((key) => ({ ...key })),
    removed: removed.map((key) => ({ ...key })),
    ...(replaced.length === 0 ? {} : { replaced: replaced.map((key) => ({ ...key })) }),
    ...(changed.length === 0 ? {} : { changed: changed.map((key) => ({ ...key })) }),
    kept,
  }
}
