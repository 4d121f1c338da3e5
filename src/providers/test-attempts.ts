import type { StoredProvider } from '../api-keys/read-stored-provider.ts'
import { SecretVariableError } from '../api-keys/secret-variable.ts'
import { UnreadableSecretError } from '../crypto/unreadable-secret-error.ts'
import { ApiKeyNotFoundError } from '../errors.ts'

/** The stored keys to try, by id, null for what the provider itself has; or why there is none to try. */
export type Attempts = readonly (string | null)[] | { readonly notTestable: string }

/**
 * Decides what a test of a stored provider tries: the key asked for, even a disabled one; else every enabled key; else
 * what the settings hold.
 * @throws ApiKeyNotFoundError when the key asked for is not this provider's.
 */
export function planAttempts({ provider, stored: { keys } }: StoredProvider, apiKeyId: string | undefined): Attempts {
  const asked = keys.find((key) => key.id === apiKeyId)
  if (apiKeyId !== undefined && asked === undefined) throw new ApiKeyNotFoundError(apiKeyId)
  if (provider.baseUrl === '' && keys.length === 0) return { notTestable: 'The provider has no endpoint yet. Give it a base URL first.' }
  if (provider.settings !== null || keys.length === 0) return [null]
  const enabled = asked === undefined ? keys.filter((key) => key.enabled) : [asked]
  if (enabled.length === 0) return { notTestable: 'All keys of the provider are disabled. Enable one, or name the key to test.' }
  return enabled.map(({ id }) => id)
}

/** What to say when a secret is not to be had: nothing is sent then. */
export function unreadableMessage(error: unknown): string {
  if (error instanceof SecretVariableError) return error.message
  if (!(error instanceof UnreadableSecretError)) throw error
  switch (error.reason) {
    case 'UNKNOWN_KEY':
      return 'A stored secret is sealed with an encryption key that is not configured here. Add that key to ENCRYPTION_KEYS, or store the secret again.'
    case 'MALFORMED':
      return 'A stored secret cannot be opened: it was changed outside of the gateway. Store it again.'
    case 'NOT_AUTHENTIC':
      return 'A stored secret cannot be opened: it was stored for another destination, or changed outside of the gateway. Store it again.'
  }
}
