import { createHash, timingSafeEqual } from 'node:crypto'
import { isFingerprintOf } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { Secret } from '../crypto/secret.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import type { TransactionClient } from '../database/client.ts'
import { parseSealedParts } from './credential-parts.ts'
import { openField } from './provider-secrets.ts'
import { readStoredProvider } from './read-stored-provider.ts'
import { type ProviderSecretField, partsField } from './secret-binding.ts'

/** Tells whether a value is the stored one of an API key of a provider, by its fingerprint: nothing is opened. */
export async function loadKeyComparison(
  client: TransactionClient,
  keyring: Keyring,
  providerId: string,
): Promise<(apiKeyId: string, value: Secret) => boolean> {
  const rows = await client.apiKeySecret.findMany({ where: { apiKey: { providerId } }, select: { apiKeyId: true, fingerprint: true } })
  const fingerprints = new Map(rows.map(({ apiKeyId, fingerprint }) => [apiKeyId, fingerprint]))
  return (apiKeyId, value) => isFingerprintOf(keyring, fingerprints.get(apiKeyId) ?? '', value)
}

/** Tells whether a value is the stored one of a part of a key's credential; false, too, when the parts cannot be read. */
export async function loadPartComparison(
  client: TransactionClient,
  keyring: Keyring,
  providerId: string,
): Promise<(apiKeyId: string, part: string, value: Secret) => boolean> {
  const found = await readStoredProvider(client, { id: providerId })
  return (apiKeyId, part, value) => {
    if (found === null) return false
    const { rows, sealed } = found.stored
    try {
      const stored = parseSealedParts(openField(keyring, rows, sealed, partsField(apiKeyId))).values[part]
      return stored !== undefined && timingSafeEqual(digestOf(new Secret(stored)), digestOf(value))
    } catch (error) {
      if (error instanceof UnreadableSecretError) return false
      throw error
    }
  }
}

/** Whether a value is the stored one of another secret of a provider; false, too, when that cannot be read. */
export async function isStoredProviderSecret(
  client: TransactionClient,
  keyring: Keyring,
  providerId: string,
  field: ProviderSecretField,
  value: Secret,
): Promise<boolean> {
  const found = await readStoredProvider(client, { id: providerId })
  if (found === null) return false
  try {
    const stored = openField(keyring, found.stored.rows, found.stored.sealed, field)
    return stored !== undefined && timingSafeEqual(digestOf(stored), digestOf(value))
  } catch (error) {
    if (error instanceof UnreadableSecretError) return false
    throw error
  }
}

/** Texts of any length as bytes of one length. */
function digestOf(secret: Secret): Buffer {
  return createHash('sha256').update(secret.reveal()).digest()
}
