import { open } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { apiKeyBinding, type SecretOwner } from './secret-owner.ts'

/** A stored key that can be used once: `read` opens it, just before the call that needs it. */
export interface UsableApiKey {
  readonly id: string
  readonly enabled: boolean
  /** @throws UnreadableSecretError when the secret cannot be opened with the keyring, or is bound to something else. */
  read(): Secret
}

/** The keys of a provider in their order, still sealed. */
export async function loadApiKeys(transaction: TransactionClient, keyring: Keyring, owner: SecretOwner): Promise<UsableApiKey[]> {
  const rows = await transaction.apiKey.findMany({
    where: { providerId: owner.providerId },
    select: { id: true, enabled: true, secret: { select: { sealed: true } } },
    orderBy: { number: 'asc' },
  })
  return rows.map(({ id, enabled, secret }) => ({ id, enabled, read: () => open(keyring, secret?.sealed ?? '', apiKeyBinding(owner, id)) }))
}
