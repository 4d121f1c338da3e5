import type { Keyring } from '../crypto/keyring.ts'
import { reseal } from '../crypto/rotate.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import type { TransactionClient } from '../database/client.ts'
import { ValidationError } from '../errors.ts'
import { apiKeyBinding, providerSecretBinding, type SecretOwner } from './secret-owner.ts'

/** Which secrets of a provider a change leaves stored: the keys by id, the provider's own by field. */
export interface StayingSecrets {
  readonly apiKeyIds: readonly string[]
  readonly fields: readonly string[]
}

/**
 * Seals the staying secrets of a provider anew, for the endpoint it is about to get.
 * @throws ValidationError when one cannot be read: keeping it would leave a secret that nothing can use.
 */
export async function rebindSecrets(
  transaction: TransactionClient,
  keyring: Keyring,
  from: SecretOwner,
  to: SecretOwner,
  staying: StayingSecrets,
): Promise<void> {
  const { providerId } = from
  const keys = await transaction.apiKeySecret.findMany({ where: { apiKeyId: { in: [...staying.apiKeyIds] }, apiKey: { providerId } } })
  const secrets = await transaction.providerSecret.findMany({ where: { providerId, field: { in: [...staying.fields] } } })
  try {
    for (const { apiKeyId, sealed } of keys) {
      const data = reseal(keyring, sealed, apiKeyBinding(from, apiKeyId), apiKeyBinding(to, apiKeyId))
      if (data !== null) await transaction.apiKeySecret.update({ where: { apiKeyId }, data })
    }
    for (const { field, sealed } of secrets) {
      const data = reseal(keyring, sealed, providerSecretBinding(from, field), providerSecretBinding(to, field))
      if (data !== null)
        await transaction.providerSecret.update({
          where: { providerId_field: { providerId, field } },
          data: { sealed: data.sealed, kid: data.kid },
        })
    }
  } catch (error) {
    if (!(error instanceof UnreadableSecretError)) throw error
    const message = 'A stored secret cannot be read with the configured encryption keys. Give all keys again with this change.'
    throw new ValidationError([{ path: ['apiKeys'], rule: 'API_KEY_UNREADABLE', message }])
  }
}
