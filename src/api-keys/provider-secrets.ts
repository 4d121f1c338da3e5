import { opener } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { KEY_ROW, PROVIDER_ROW } from '../destination/stored-rows.ts'
import { type ProviderSecretField, providerSecretBinding, type StoredRows } from './secret-binding.ts'

/** A sealed text as it stands in its table. */
export interface SealedText {
  readonly sealed: string
  readonly kid: string
}

/** All that is sealed of one provider, as it was read with its rows. */
export interface SealedSecrets {
  /** By the id of the key. */
  readonly keys: ReadonlyMap<string, SealedText & { readonly fingerprint: string }>
  /** The provider's other secrets, by field. */
  readonly fields: ReadonlyMap<string, SealedText>
}

/** Reads all that is sealed of a provider. */
export async function readSealed(client: TransactionClient, providerId: string): Promise<SealedSecrets> {
  const keys = await client.apiKeySecret.findMany({ where: { apiKey: { providerId } } })
  const fields = await client.providerSecret.findMany({ where: { providerId } })
  return { keys: new Map(keys.map((row) => [row.apiKeyId, row])), fields: new Map(fields.map((row) => [row.field, row])) }
}

/** Reads what the destinations of a provider's secrets are made of; null when there is no such provider. */
export async function readRows(client: TransactionClient, providerId: string): Promise<StoredRows | null> {
  const row = await client.provider.findUnique({
    where: { id: providerId },
    select: { ...PROVIDER_ROW, apiKeys: { select: KEY_ROW, orderBy: { number: 'asc' } } },
  })
  if (row === null) return null
  const { apiKeys, ...provider } = row
  return { provider, keys: apiKeys }
}

/**
 * Opens one secret of a provider; undefined when there is none.
 * @throws UnreadableSecretError when it cannot be opened with the keyring, or is sealed for another destination.
 */
export function openField(keyring: Keyring, rows: StoredRows, secrets: SealedSecrets, field: ProviderSecretField): Secret | undefined {
  return fieldOpener(keyring, rows, secrets, field)()
}

/** Opens one secret of a provider each time that it is called, as `openField` does. */
export function fieldOpener(
  keyring: Keyring,
  rows: StoredRows,
  secrets: SealedSecrets,
  field: ProviderSecretField,
): () => Secret | undefined {
  const text = secrets.fields.get(field)
  return text === undefined ? () => undefined : opener(keyring, text.sealed, providerSecretBinding(rows, field))
}
