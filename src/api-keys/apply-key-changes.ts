import { randomUUID } from 'node:crypto'
import { fingerprint, seal } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import { ApiKeyNotFoundError } from '../errors.ts'
import type { ApiKeyChange, KeptApiKey, NewApiKey } from './api-key-input.ts'
import { maskKey } from './mask.ts'
import { apiKeyBinding, type SecretOwner } from './secret-owner.ts'
import { maskVariable } from './secret-variable.ts'

/** What happened to a provider's keys, as the audit log tells it. */
export interface KeyChangeSummary {
  readonly added: readonly { readonly id: string; readonly masked: string }[]
  readonly removed: readonly { readonly id: string; readonly masked: string }[]
  readonly kept: number
  /** Whether a kept key was enabled or disabled, or could have been. */
  readonly switched: boolean
}

/**
 * Makes the stored keys of a provider those that the changes state: kept ones stay, new ones are sealed and added in
 * order, all others are deleted.
 * @throws ApiKeyNotFoundError when a change keeps a key that is not this provider's; the transaction must then roll back.
 */
export async function applyKeyChanges(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  changes: readonly ApiKeyChange[],
  now: Date,
): Promise<KeyChangeSummary> {
  const stored = await transaction.apiKey.findMany({ where: { providerId: owner.providerId }, select: { id: true, masked: true } })
  const kept = changes.flatMap((change) => ('keep' in change ? [change.keep] : []))
  const unknown = kept.find((key) => !stored.some((row) => row.id === key.id))
  if (unknown !== undefined) throw new ApiKeyNotFoundError(unknown.id)

  const removed = stored.filter((row) => !kept.some((key) => key.id === row.id))
  await transaction.apiKey.deleteMany({ where: { id: { in: removed.map((row) => row.id) } } })
  for (const key of kept) await updateKeptKey(transaction, key)
  const added = []
  for (const change of changes) if ('add' in change) added.push(await addKey(transaction, keyring, owner, change.add, now))
  return { added, removed, kept: kept.length, switched: kept.some((key) => key.enabled !== undefined) }
}

async function updateKeptKey(transaction: TransactionClient, { id, name, enabled, weight }: KeptApiKey): Promise<void> {
  const data = {
    ...(name === undefined ? {} : { name }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(weight === undefined ? {} : { weight }),
  }
  if (Object.keys(data).length > 0) await transaction.apiKey.update({ where: { id }, data })
}

async function addKey(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  key: NewApiKey,
  createdAt: Date,
): Promise<{ id: string; masked: string }> {
  const id = randomUUID()
  const { value, environmentVariable, name, enabled, weight } = key
  const masked = environmentVariable === undefined ? maskKey(value?.reveal() ?? '') : maskVariable(environmentVariable)
  const row = { id, providerId: owner.providerId, name, masked, enabled, weight, createdAt }
  await transaction.apiKey.create({ data: { ...row, environmentVariable: environmentVariable ?? null } })
  if (environmentVariable === undefined && value !== undefined) {
    const { sealed, kid } = seal(keyring, value, apiKeyBinding(owner, id))
    await transaction.apiKeySecret.create({ data: { apiKeyId: id, sealed, kid, fingerprint: fingerprint(keyring, value) } })
  }
  return { id, masked }
}
