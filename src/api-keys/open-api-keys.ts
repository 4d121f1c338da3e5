import { open } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
import type { TransactionClient } from '../database/client.ts'
import { readBifrostKey } from './bifrost-key.ts'
import { keyConfigField, readKeyConfig } from './bifrost-key-secrets.ts'
import { openProviderSecret } from './provider-secrets.ts'
import { apiKeyBinding, type SecretOwner } from './secret-owner.ts'
import { type ReadSecretVariable, SecretVariableError } from './secret-variable.ts'

/** A stored key that can be used once: `read` opens it, just before the call that needs it. */
export interface UsableApiKey {
  readonly id: string
  readonly enabled: boolean
  /**
   * Null for a key without a value, whose credential is in its configuration.
   * @throws UnreadableSecretError when the secret cannot be opened with the keyring, or is bound to something else;
   * SecretVariableError when it is in an environment variable that has none.
   */
  read(): Secret | null
  /** The secret parts of its vendor configurations, by their path. @throws as `read` does. */
  readConfig(): Promise<ReadonlyMap<string, string>>
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
    select: { id: true, enabled: true, environmentVariable: true, dialectSettings: true, secret: { select: { sealed: true } } },
    orderBy: { number: 'asc' },
  })
  return rows.map(({ id, enabled, environmentVariable, dialectSettings, secret }) => {
    const bifrost = readBifrostKey(dialectSettings)
    return {
      id,
      enabled,
      read: () => {
        if (environmentVariable !== null) return fromEnvironment(environmentVariable, readVariable)
        return secret === null && bifrost !== null ? null : open(keyring, secret?.sealed ?? '', apiKeyBinding(owner, id))
      },
      readConfig: async () => {
        if (bifrost === null || bifrost.secrets.length === 0) return new Map()
        const sealed = readKeyConfig(await openProviderSecret(transaction, keyring, owner, keyConfigField(id)))
        const variables = bifrost.secrets.flatMap(({ path, environmentVariable: name }): [string, string][] =>
          name === null ? [] : [[path, fromEnvironment(name, readVariable).reveal()]],
        )
        return new Map([...sealed, ...variables])
      },
    }
  })
}

function fromEnvironment(name: string, readVariable: ReadSecretVariable): Secret {
  const value = readVariable(name)
  if (typeof value === 'string') throw new SecretVariableError(name, value)
  return value
}
