import type { ApiKeyChange, KeptApiKey } from '../api-keys/api-key-input.ts'
import { ENDPOINT_PATHS, readBifrostKey } from '../api-keys/bifrost-key.ts'
import { keyConfigField, readKeyConfig } from '../api-keys/bifrost-key-secrets.ts'
import { openProviderSecret } from '../api-keys/provider-secrets.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import type { Provider } from '../generated/prisma-sqlite/client.ts'

/**
 * The keys that a change would send to another place than before while a part of their credential stays: a key of Bifrost
 * can have an endpoint of its own.
 */
export async function openedKeyDoors(
  transaction: TransactionClient,
  keyring: Keyring,
  provider: Provider,
  changes: readonly ApiKeyChange[],
): Promise<string[]> {
  const doors: string[] = []
  for (const change of changes)
    if ('keep' in change && (await isSentElsewhere(transaction, keyring, provider, change.keep))) doors.push(`apiKeys.${change.keep.id}`)
  return doors
}

async function isSentElsewhere(transaction: TransactionClient, keyring: Keyring, provider: Provider, key: KeptApiKey): Promise<boolean> {
  const { id, bifrost, value, environmentVariable } = key
  if (bifrost === undefined) return false
  const row = await transaction.apiKey.findFirst({ where: { id, providerId: provider.id } })
  const keepsValue = value === undefined && environmentVariable === undefined && row !== null && row.masked !== ''
  const keepsPart = bifrost.secrets.some(
    (part) => part.value === undefined && part.environmentVariable === undefined && !ENDPOINT_PATHS.includes(part.path),
  )
  if (!keepsValue && !keepsPart) return false
  const variables = new Map(readBifrostKey(row?.dialectSettings ?? null)?.secrets.map((part) => [part.path, part.environmentVariable]))
  const owner = { providerId: provider.id, type: provider.type, baseUrl: provider.baseUrl }
  const before = readKeyConfig(await openProviderSecret(transaction, keyring, owner, keyConfigField(id)))
  return ENDPOINT_PATHS.some((path) => {
    const part = bifrost.secrets.find((given) => given.path === path)
    if (part === undefined) return before.has(path) || (variables.get(path) ?? null) !== null
    if (part.environmentVariable !== undefined) return part.environmentVariable !== variables.get(path)
    return part.value !== undefined && part.value.reveal() !== before.get(path)
  })
}
