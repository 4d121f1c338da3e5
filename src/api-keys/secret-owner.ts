import { endpointBinding } from '../crypto/endpoint-binding.ts'
import type { SecretBinding } from '../crypto/envelope.ts'
import type { ProviderType } from '../generated/prisma-sqlite/enums.ts'

/** What a stored secret is bound to besides its own row: a provider, and the place that the provider sends it to. */
export interface SecretOwner {
  readonly providerId: string
  readonly type: ProviderType
  readonly baseUrl: string
}

/** The binding of a stored API key. A ciphertext moved to another row or provider, or kept for another host, does not open. */
export function apiKeyBinding(owner: SecretOwner, apiKeyId: string): SecretBinding {
  return bind(owner, 'api_key_secrets', 'sealed', apiKeyId)
}

/** The binding of a secret of the provider itself, e.g. the field `bedrock.accessKey`. */
export function providerSecretBinding(owner: SecretOwner, field: string): SecretBinding {
  return bind(owner, 'provider_secrets', field, owner.providerId)
}

function bind({ providerId, type, baseUrl }: SecretOwner, table: string, column: string, rowId: string): SecretBinding {
  return { table, column, rowId, providerId, endpoint: endpointBinding(type, baseUrl) }
}
