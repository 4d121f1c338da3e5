import { randomUUID } from 'node:crypto'
import type { Extensions } from '../api-keys/extensions.ts'
import { nothingStored, pathOfNewKey, planKeyChanges } from '../api-keys/plan-key-changes.ts'
import { planSealedExtensions } from '../api-keys/sealed-extensions.ts'
import { planWrites, writeSecrets } from '../api-keys/secret-changes.ts'
import { insertKeys } from '../api-keys/write-keys.ts'
import { recordAudit } from '../audit/record.ts'
import type { Caller } from '../auth/principal.ts'
import type { TransactionClient } from '../database/client.ts'
import { isUniqueViolation } from '../database/failures.ts'
import { insertRow } from '../database/insert-row.ts'
import { withoutQueryValues } from '../destination/canonical-url.ts'
import type { BedrockSettings, NetworkConfig } from '../destination/stored-rows.ts'
import { ApiKeysNotSupportedError, ProviderNameTakenError, ValidationError, type ValidationIssue } from '../errors.ts'
import { planBedrockSettings } from './bedrock-settings.ts'
import { toStoredCallHeaders } from './call-settings.ts'
import { checkProvider } from './check-provider.ts'
import { checkKeyNames } from './key-names.ts'
import { readNetworkConfig } from './network-config.ts'
import { resolveNewEndpoint } from './placeholder.ts'
import { changedExtensions } from './plan-change.ts'
import type { ProviderDeps } from './provider-deps.ts'
import { bringCredentials, keylessReason, type NewProvider } from './provider-input.ts'
import { presetNameFor } from './provider-types.ts'
import { searchColumns } from './search-text.ts'
import { changedNetworkFields, planNetwork } from './store-network.ts'

/** The index that keeps two live providers from having one name. */
const LIVE_NAME = { name: 'providers_live_name_key', columns: ['name'] }

/**
 * Stores a provider and its keys, sealed, in one transaction; returns its id.
 * @throws ValidationError with every rule that the input breaks; ApiKeysNotSupportedError when keys for a type that has
 * none are its only fault; ProviderNameTakenError.
 */
export async function createProvider(deps: ProviderDeps, caller: Caller, given: NewProvider): Promise<string> {
  const input = resolveNewEndpoint(caller, given)
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
  const network = input.network && planNetwork(input.network, null)
  const bedrock = input.settings && planBedrockSettings(input.settings, null, null)
  const row = rowOf(id, input, {
    network: network?.config,
    settings: bedrock && { bedrock: bedrock.settings },
    extensions: changedExtensions(input, null),
  })
  const provider = { ...row, callHeaders: row.callHeaders ?? null, settings: row.settings ?? null, network: row.network ?? null }
  const nothing = nothingStored(provider)
  const keys = planKeyChanges(
    deps.keyring,
    nothing,
    input.apiKeys.map((add) => ({ add })),
    { keepOthers: false, now, pathOf: pathOfNewKey },
  )
  const fields = new Map([
    ...(network?.fresh ?? []),
    ...(bedrock?.fields ?? []),
    ...planSealedExtensions(input.sealedExtensions),
    ...keys.secrets.fields,
  ])
  if (caller.rules.uniqueKeyNames) await refuseTakenNames(transaction, deps, input)
  const after = { provider, keys: keys.rows }
  const writes = planWrites(deps.keyring, nothing.rows, after, nothing.sealed, { ...keys.secrets, fields }, [])
  await insertProvider(transaction, row, input, now)
  await insertKeys(transaction, keys.added)
  await writeSecrets(transaction, id, writes)
  const { name, type, enabled } = input
  const changes = {
    ...{ name, type, baseUrl: withoutQueryValues(input.baseUrl), enabled },
    ...(row.callRoutes === 'STANDARD' ? {} : { callRoutes: row.callRoutes }),
    ...(row.callHeaders === undefined ? {} : { callHeaders: row.callHeaders }),
    ...(network === undefined ? {} : { network: changedNetworkFields(readNetworkConfig(null), network) }),
    apiKeys: { added: keys.summary.added.map((key) => ({ ...key })) },
  }
  await recordAudit(transaction, caller, { action: 'provider.created', subjectType: 'provider', subjectId: id, changes }, now)
  return id
}

/** @throws ValidationError */
async function refuseTakenNames(transaction: TransactionClient, { database }: ProviderDeps, { apiKeys }: NewProvider): Promise<void> {
  const issues = await checkKeyNames(
    transaction,
    database.engine,
    apiKeys.map((add) => ({ add })),
  )
  if (issues.length > 0) throw new ValidationError(issues)
}

interface NewParts {
  readonly network: NetworkConfig | undefined
  readonly settings: { readonly bedrock: BedrockSettings } | undefined
  readonly extensions: Extensions | undefined
}

function rowOf(id: string, input: NewProvider, parts: NewParts) {
  const { name, type, baseUrl, displayName, icon, enabled, modelsPath, authentication = 'DEFAULT', testAfterWrites = 'WITH_KEYS' } = input
  const { callRoutes = 'STANDARD', callHeaders = [] } = input
  const plain = { id, name, type, baseUrl, displayName, icon, enabled, authentication, testAfterWrites, callRoutes }
  const headers = toStoredCallHeaders(callHeaders) ?? undefined
  return { ...plain, callHeaders: headers, vendorPreset: presetNameFor(type, name), modelsPath: modelsPath || null, ...parts }
}

function refuse(issues: readonly ValidationIssue[], input: NewProvider): void {
  const soleFault = issues.every((issue) => issue.rule === 'API_KEYS_NOT_SUPPORTED')
  if (issues.length > 0 && !soleFault) throw new ValidationError(issues)
  const usesBedrock = (input.type === 'BEDROCK' && !bringCredentials(input)) || input.settings !== undefined
  if (input.apiKeys.length > 0 && usesBedrock) throw new ApiKeysNotSupportedError('BEDROCK', keylessReason('BEDROCK'))
  if (issues.length > 0) throw new ApiKeysNotSupportedError('COPILOT', keylessReason('COPILOT'))
}

/** Lets the database decide whether the name is free: looking first would let two requests both find it free. */
async function insertProvider(transaction: TransactionClient, row: ReturnType<typeof rowOf>, input: NewProvider, now: Date): Promise<void> {
  try {
    await insertRow(transaction, 'provider', { ...row, ...searchColumns(input), createdAt: now, updatedAt: now })
  } catch (error) {
    if (isUniqueViolation(error, LIVE_NAME)) throw new ProviderNameTakenError(row.name)
    throw error
  }
}
