import { open } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { apiKeyBinding, type SecretOwner } from './secret-owner.ts'
import { type ReadSecretVariable, SecretVariableError } from './secret-variable.ts'

/** A stored key that can be used once: `read` opens it, just before the call that needs it. */
export interface UsableApiKey {
  readonly id: string
  readonly enabled: boolean
  /**
   * @throws UnreadableSecretError when the secret cannot be opened with the keyring, or is bound to something else;
   * SecretVariableError when it is in an environment variable that has none.
   */
  read(): Secret
}

/** The keys of a provider in their order, still sealed. */
export async function loadApiKeys(
  transaction: TransactionClient,
  keyring: Keyring,
  owner: SecretOwner,
  readVariable: ReadSecretVariable,
): Promise<UsableApiKey[]> {
  const rows = await transaction.apiKey.findMany({
    where: { providerId: owner.providerId },
    select: { id: true, enabled: true, environmentVariable: true, secret: { select: { sealed: true } } },
    orderBy: { number: 'asc' },
  })
  return rows.map(({ id, enabled, environmentVariable, secret }) => ({
    id,
    enabled,
    read: () =>
      environmentVariable === null
        ? open(keyring, secret?.sealed ?? '', apiKeyBinding(owner, id))
        : fromEnvironment(environmentVariable, readVariable),
  }))
}

function fromEnvironment(name: string, readVariable: ReadSecretVariable): Secret {
  const value = readVariable(name)
  if (typeof value === 'string') throw new SecretVariableError(name, value)
  return value
}
