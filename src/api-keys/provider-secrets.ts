import { open, seal } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { providerSecretBinding, type SecretOwner } from './secret-owner.ts'

/** The secrets that a provider has besides its keys: a header's name is in lower case, a key's configuration has the key's id. */
export type ProviderSecretField =
  | 'bedrock.accessKey'
  | 'bedrock.accessKeySecret'
  | 'network.proxy.password'
  | `network.header.${string}`
  | 'respan.extraKwargs'
  | `apiKey.${string}.config`

/** Stores a secret of the provider itself, or deletes it when the value is null. */
export async function storeProviderSecret(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  field: ProviderSecretField,
  value: Secret | null,
): Promise<void> {
  const { providerId } = owner
  if (value === null) {
    await transaction.providerSecret.deleteMany({ where: { providerId, field } })
    return
  }
  const sealed = seal(keyring, value, providerSecretBinding(owner, field))
  await transaction.providerSecret.upsert({
    where: { providerId_field: { providerId, field } },
    create: { providerId, field, ...sealed },
    update: sealed,
  })
}

/** The names of the secrets that a provider has. */
export async function listProviderSecrets(transaction: TransactionClient, providerId: string): Promise<string[]> {
  const rows = await transaction.providerSecret.findMany({ where: { providerId }, select: { field: true } })
  return rows.map((row) => row.field)
}

/**
 * Opens one secret of a provider; undefined when there is none.
 * @throws UnreadableSecretError when it cannot be opened with the keyring.
 */
export async function openProviderSecret(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  field: ProviderSecretField,
): Promise<Secret | undefined> {
  const { providerId } = owner
  const row = await transaction.providerSecret.findUnique({ where: { providerId_field: { providerId, field } } })
  return row === null ? undefined : open(keyring, row.sealed, providerSecretBinding(owner, field))
}

/**
 * Opens the secrets of a provider, by field.
 * @throws UnreadableSecretError when one cannot be opened with the keyring.
 */
export async function openProviderSecrets(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
): Promise<ReadonlyMap<string, Secret>> {
  const rows = await transaction.providerSecret.findMany({ where: { providerId: owner.providerId } })
  return new Map(rows.map((row) => [row.field, open(keyring, row.sealed, providerSecretBinding(owner, row.field))]))
}
