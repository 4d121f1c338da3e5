import { randomUUID } from 'node:crypto'
import { addKeys } from '../api-keys/apply-key-changes.ts'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import { isUniqueViolation } from '../database/failures.ts'
import { insertRow } from '../database/insert-row.ts'
import { ApiKeysNotSupportedError, ProviderNameTakenError, ValidationError, type ValidationIssue } from '../errors.ts'
import { checkProvider } from './check-provider.ts'
import { storeDialectSettings } from './dialect-settings.ts'
import { readNetworkConfig } from './network-config.ts'
import { settleNewEndpoint } from './placeholder.ts'
import type { ProviderDeps } from './provider-deps.ts'
import { keylessReason, type NewProvider } from './provider-input.ts'
import { presetNameFor } from './provider-types.ts'
import { searchColumns } from './search-text.ts'
import { storeBedrockSettings } from './store-bedrock-settings.ts'
import { changedNetworkFields, type NetworkPlan, planNetwork, storeNetworkSecrets } from './store-network.ts'

/** The index that keeps two live providers from having one name. */
const LIVE_NAME = { name: 'providers_live_name_key', columns: ['name'] }

/**
 * Stores a provider and its keys, sealed, in one transaction; returns its id.
 * @throws ValidationError with every rule that the input breaks; ApiKeysNotSupportedError when keys for a type that has
 * none are its only fault; ProviderNameTakenError.
 */
export async function createProvider(deps: ProviderDeps, caller: Caller, given: NewProvider): Promise<string> {
  const input = settleNewEndpoint(caller, given)
  refuseBroken(deps, caller, input)
  const now = deps.clock()
  return deps.database.write((transaction) => storeProvider(transaction, deps, caller, input, now))
}

/** @throws ValidationError, or ApiKeysNotSupportedError when that is the only fault. */
export function refuseBroken(deps: ProviderDeps, caller: Caller, input: NewProvider): void {
  refuse(checkProvider(deps, caller, input), input)
}

/**
 * Stores a provider that breaks no rule; returns its id.
 * @throws ProviderNameTakenError; the transaction must then roll back.
 */
export async function storeProvider(
  transaction: TransactionClient,
  deps: ProviderDeps,
  caller: Caller,
  input: NewProvider,
  now: Date,
): Promise<string> {
  const id = randomUUID()
  const owner = { providerId: id, type: input.type, baseUrl: input.baseUrl }
  const network = input.network && planNetwork(input.network, null)
  await insertProvider(transaction, id, input, network, now)
  const added = await addKeys({ transaction, keyring: deps.keyring, owner, now }, input.apiKeys)
  if (input.settings !== undefined) {
    const bedrock = await storeBedrockSettings(transaction, deps.keyring, owner, input.settings, null)
    await transaction.provider.update({ where: { id }, data: { settings: { bedrock } }, select: { id: true } })
  }
  if (input.dialectSettings !== undefined) await storeDialectSettings(transaction, deps.keyring, owner, input.dialectSettings)
  if (network !== undefined) await storeNetworkSecrets(transaction, deps.keyring, owner, network)
  const { name, type, baseUrl, enabled } = input
  const changes = {
    ...{ name, type, baseUrl, enabled },
    ...(network === undefined ? {} : { network: changedNetworkFields(readNetworkConfig(null), network) }),
    apiKeys: { added: added.map((key) => ({ ...key })) },
  }
  await recordAudit(transaction, caller, { action: 'provider.created', subjectType: 'provider', subjectId: id, changes }, now)
  return id
}

function refuse(issues: readonly ValidationIssue[], input: NewProvider): void {
  const soleFault = issues.every((issue) => issue.rule === 'API_KEYS_NOT_SUPPORTED')
  if (issues.length > 0 && !soleFault) throw new ValidationError(issues)
  const usesBedrock = input.type === 'BEDROCK' || input.settings !== undefined
  if (input.apiKeys.length > 0 && usesBedrock) throw new ApiKeysNotSupportedError('BEDROCK', keylessReason('BEDROCK'))
  if (issues.length > 0) throw new ApiKeysNotSupportedError('COPILOT', keylessReason('COPILOT'))
}

/** Lets the database decide whether the name is free: looking first would let two requests both find it free. */
async function insertProvider(
  transaction: TransactionClient,
  id: string,
  input: NewProvider,
  network: NetworkPlan | undefined,
  now: Date,
): Promise<void> {
  const { name, type, baseUrl, displayName, icon, enabled } = input
  const vendorPreset = presetNameFor(type, name)
  const row = {
    ...{ id, name, type, baseUrl, displayName, icon, enabled, vendorPreset },
    ...searchColumns(input),
    ...(network === undefined ? {} : { network: network.config }),
    ...{ createdAt: now, updatedAt: now },
  }
  try {
    await insertRow(transaction, 'provider', row)
  } catch (error) {
    if (isUniqueViolation(error, LIVE_NAME)) throw new ProviderNameTakenError(name)
    throw error
  }
}
