import type { KeptApiKey } from '../api-keys/api-key-input.ts'
import { keyConfigField } from '../api-keys/bifrost-key-secrets.ts'
import { listProviderSecrets, storeProviderSecret } from '../api-keys/provider-secrets.ts'
import { rebindSecrets, type StayingSecrets } from '../api-keys/rebind-secrets.ts'
import { type Caller, hasRole } from '../auth/principal.ts'
import { endpointBinding } from '../crypto/endpoint-binding.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import { KeyRequiredForNewEndpointError } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import { openedKeyDoors } from './key-doors.ts'
import { keyOf } from './key-places.ts'
import { openedDoors } from './network-doors.ts'
import type { ProviderChanges } from './provider-input.ts'
import type { NetworkPlan } from './store-network.ts'

/**
 * Guards the stored secrets when a change sends them to another origin, or through something that can read or divert them
 * on the way: whoever may do that could have them sent to a host of their own. An editor must give the keys again; for an
 * admin they stay, sealed for the new endpoint. Returns the fields of the change by which stored secrets get to a new
 * place, for the audit event to say.
 * @throws KeyRequiredForNewEndpointError.
 */
export async function moveSecrets(
  transaction: TransactionClient,
  keyring: Keyring,
  caller: Caller,
  provider: Provider,
  changes: ProviderChanges,
  network: NetworkPlan | undefined,
): Promise<string[]> {
  const { id: providerId, type, baseUrl } = provider
  const newBaseUrl = changes.baseUrl ?? baseUrl
  const isMoved = endpointBinding(type, baseUrl) !== endpointBinding(type, newBaseUrl)
  const keepsHeaders = (await findStayingFields(transaction, providerId, network)).some((field) => field.startsWith('network.header.'))
  const keyDoors = await openedKeyDoors(transaction, keyring, provider, changes.apiKeys ?? [], keepsHeaders)
  if (keyDoors.length > 0 && !hasRole(caller.principal, 'ADMIN')) throw new KeyRequiredForNewEndpointError()
  const doors = [...(isMoved ? ['baseUrl'] : []), ...(network === undefined ? [] : openedDoors(provider.network, network))]
  if (doors.length === 0) return keyDoors
  await dropExtraKwargs(transaction, keyring, caller, provider, changes)
  const staying = await findStayingSecrets(transaction, providerId, changes, network)
  if (staying.apiKeyIds.length === 0 && staying.fields.length === 0 && !namesVariable(changes)) return keyDoors
  if (!hasRole(caller.principal, 'ADMIN')) throw new KeyRequiredForNewEndpointError()
  const owner = { providerId, type }
  if (isMoved) await rebindSecrets(transaction, keyring, { ...owner, baseUrl }, { ...owner, baseUrl: newBaseUrl }, staying)
  return [...doors, ...keyDoors]
}

/**
 * Respan's extra settings may hold secrets too, and no other API can give them again. So they do not keep an editor from
 * giving a provider another endpoint: they are dropped instead of following there.
 */
async function dropExtraKwargs(
  transaction: TransactionClient,
  keyring: Keyring,
  caller: Caller,
  { id: providerId, type, baseUrl }: Provider,
  changes: ProviderChanges,
): Promise<void> {
  if (hasRole(caller.principal, 'ADMIN') || changes.dialectSettings?.respanExtraKwargs !== undefined) return
  await storeProviderSecret(transaction, keyring, { providerId, type, baseUrl }, 'respan.extraKwargs', null)
}

/** A key from the environment is never given again: its name says nothing of whoever repeats it. */
function namesVariable({ apiKeys }: ProviderChanges): boolean {
  return apiKeys?.some((change) => keyOf(change)?.environmentVariable !== undefined) ?? false
}

/** Which stored keys a change leaves as they are: their value, and the secret part of their configuration. */
function findStayingKeys({ apiKeys, keepOtherApiKeys }: ProviderChanges, stored: readonly string[]) {
  if (apiKeys === undefined) return { apiKeyIds: stored, configs: stored }
  const kept = new Map(apiKeys.flatMap((change) => ('keep' in change ? [[change.keep.id, change.keep] as const] : [])))
  const removed = apiKeys.flatMap((change) => ('remove' in change ? [change.remove] : []))
  const staying = stored.filter((id) => kept.has(id) || (keepOtherApiKeys && !removed.includes(id)))
  const keepsPart = (key: KeptApiKey | undefined) =>
    key?.bifrost === undefined || key.bifrost.secrets.some((part) => part.value === undefined && part.environmentVariable === undefined)
  return {
    apiKeyIds: staying.filter((id) => kept.get(id)?.value === undefined && kept.get(id)?.environmentVariable === undefined),
    configs: staying.filter((id) => keepsPart(kept.get(id))),
  }
}

async function findStayingSecrets(
  transaction: TransactionClient,
  providerId: string,
  changes: ProviderChanges,
  network: NetworkPlan | undefined,
): Promise<StayingSecrets> {
  const stored = await transaction.apiKey.findMany({ where: { providerId }, select: { id: true } })
  const ids = stored.map((key) => key.id)
  const { apiKeyIds, configs } = findStayingKeys(changes, ids)
  const droppedConfigs = ids.filter((id) => !configs.includes(id)).map(keyConfigField)
  const { accessKey, accessKeySecret } = changes.settings ?? {}
  const replaced = [
    ...(accessKey === undefined ? [] : ['bedrock.accessKey']),
    ...(accessKeySecret === undefined ? [] : ['bedrock.accessKeySecret']),
    ...(changes.dialectSettings?.respanExtraKwargs === undefined ? [] : ['respan.extraKwargs']),
  ]
  const fields = await findStayingFields(transaction, providerId, network)
  return { apiKeyIds, fields: fields.filter((field) => !replaced.includes(field) && !droppedConfigs.some((one) => one === field)) }
}

/** The secrets besides keys that are still there after a change of the network. */
async function findStayingFields(
  transaction: TransactionClient,
  providerId: string,
  network: NetworkPlan | undefined,
): Promise<readonly string[]> {
  const isDropped = (field: string) => network !== undefined && field.startsWith('network.') && !network.kept.some((one) => one === field)
  return (await listProviderSecrets(transaction, providerId)).filter((field) => !isDropped(field))
}
