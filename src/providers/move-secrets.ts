import { listProviderSecrets, storeProviderSecret } from '../api-keys/provider-secrets.ts'
import { rebindSecrets, type StayingSecrets } from '../api-keys/rebind-secrets.ts'
import { type Caller, hasRole } from '../auth/principal.ts'
import { endpointBinding } from '../crypto/endpoint-binding.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import { KeyRequiredForNewEndpointError } from '../errors.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'
import type { ProviderChanges } from './provider-input.ts'

/**
 * Guards the stored secrets when a change points their provider at another origin: whoever may do that could have them
 * sent to a host of their own. An editor must give the keys again; for an admin they are sealed for the new endpoint.
 * Returns whether stored secrets stay for a new endpoint, for the audit event to say.
 * @throws KeyRequiredForNewEndpointError.
 */
export async function moveSecrets(
  transaction: TransactionClient,
  keyring: Keyring,
  caller: Caller,
  provider: Provider,
  newBaseUrl: string,
  changes: ProviderChanges,
): Promise<boolean> {
  if (endpointBinding(provider.type, provider.baseUrl) === endpointBinding(provider.type, newBaseUrl)) return false
  await dropExtraKwargs(transaction, keyring, caller, provider, changes)
  const staying = await findStayingSecrets(transaction, provider.id, changes)
  if (staying.apiKeyIds.length === 0 && staying.fields.length === 0) return false
  if (!hasRole(caller.principal, 'ADMIN')) throw new KeyRequiredForNewEndpointError()
  const owner = { providerId: provider.id, type: provider.type }
  await rebindSecrets(transaction, keyring, { ...owner, baseUrl: provider.baseUrl }, { ...owner, baseUrl: newBaseUrl }, staying)
  return true
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

async function findStayingSecrets(transaction: TransactionClient, providerId: string, changes: ProviderChanges): Promise<StayingSecrets> {
  const stored = await transaction.apiKey.findMany({ where: { providerId }, select: { id: true } })
  const kept = changes.apiKeys?.flatMap((change) => ('keep' in change ? [change.keep.id] : []))
  const { accessKey, accessKeySecret } = changes.settings ?? {}
  const replaced = [
    ...(accessKey === undefined ? [] : ['bedrock.accessKey']),
    ...(accessKeySecret === undefined ? [] : ['bedrock.accessKeySecret']),
    ...(changes.dialectSettings?.respanExtraKwargs === undefined ? [] : ['respan.extraKwargs']),
  ]
  const fields = await listProviderSecrets(transaction, providerId)
  return {
    apiKeyIds: stored.map((key) => key.id).filter((id) => kept === undefined || kept.includes(id)),
    fields: fields.filter((field) => !replaced.includes(field)),
  }
}
