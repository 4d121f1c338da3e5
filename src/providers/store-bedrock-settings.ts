import { listProviderSecrets, storeProviderSecret } from '../api-keys/provider-secrets.ts'
import type { SecretOwner } from '../api-keys/secret-owner.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { TransactionClient } from '../database/client.ts'
import { type BedrockSettings, type BedrockSettingsInput, mergeBedrockSettings } from './bedrock-settings.ts'

/** Seals the secret part of the settings and returns the rest, as the column `settings` takes it. An omitted secret stays, an empty one is deleted. */
export async function storeBedrockSettings(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  input: BedrockSettingsInput,
  stored: BedrockSettings | null,
): Promise<BedrockSettings> {
  for (const field of ['accessKey', 'accessKeySecret'] as const) {
    const secret = input[field]
    if (secret !== undefined)
      await storeProviderSecret(transaction, keyring, owner, `bedrock.${field}`, secret.reveal() === '' ? null : secret)
  }
  const fields = await listProviderSecrets(transaction, owner.providerId)
  return mergeBedrockSettings(input, stored, fields.includes('bedrock.accessKey') && fields.includes('bedrock.accessKeySecret'))
}
