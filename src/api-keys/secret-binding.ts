import type { SecretBinding } from '../crypto/envelope.ts'
import { destinationDigest, destinationOf, KEPT_HERE, sharedDestinationOf } from '../destination/destination.ts'
import type { KeyRow, ProviderRow } from '../destination/stored-rows.ts'
import { isNamespace } from './extensions.ts'

/** The secrets that a provider has besides the values of its keys: a header's name is in lower case, the parts of a key have its id. */
export type ProviderSecretField =
  | 'bedrock.accessKey'
  | 'bedrock.accessKeySecret'
  | 'network.proxy.password'
  | `network.header.${string}`
  | `apiKey.${string}.parts`
  | SealedExtensionField

/** A text that a program keeps sealed: its namespace and its name. */
type SealedExtensionField = `${string}.${string}`

/** A provider and its keys, as they were read at once: what a destination is made of. */
export interface StoredRows {
  readonly provider: ProviderRow
  readonly keys: readonly KeyRow[]
}

const HEADER = 'network.header.'
const SEALED_EXTENSION = /^([a-z]+)\.([A-Za-z0-9_]{1,60})$/
const PARTS = /^apiKey\.(.+)\.parts$/

/** The field of an extra header's value among the secrets of a provider. */
export function headerField(name: string): ProviderSecretField {
  return `network.header.${name.toLowerCase()}`
}

/** The field of the parts of a key's credential, which stand in one sealed text. */
export function partsField(apiKeyId: string): ProviderSecretField {
  return `apiKey.${apiKeyId}.parts`
}

/** A text that a program keeps sealed with a provider. The gateway cannot read it, and sends it nowhere. */
export interface SealedExtension {
  readonly namespace: string
  readonly name: string
}

export function sealedExtensionField({ namespace, name }: SealedExtension): SealedExtensionField {
  return `${namespace}.${name}`
}

/** What a field is the sealed text of; null for one of the gateway itself. */
export function sealedExtensionOf(field: string): SealedExtension | null {
  const [, namespace = '', name = ''] = SEALED_EXTENSION.exec(field) ?? []
  return isNamespace(namespace) ? { namespace, name } : null
}

/** The key that a field belongs to; null for one of the provider itself. */
export function keyOfField(field: string): string | null {
  return PARTS.exec(field)?.[1] ?? null
}

/** Where the value of a key goes. */
export function keyDestination({ provider }: Pick<StoredRows, 'provider'>, key: KeyRow): string {
  return destinationOf(provider, key)
}

/** Where another secret of a provider goes; null for the parts of a key that is not there. */
export function fieldDestination({ provider, keys }: StoredRows, field: string): string | null {
  const owner = keyOfField(field)
  if (owner !== null) {
    const key = keys.find(({ id }) => id === owner)
    return key === undefined ? null : destinationOf(provider, key)
  }
  if (sealedExtensionOf(field) !== null) return KEPT_HERE
  return sharedDestinationOf(provider, keys, field.startsWith(HEADER) ? field.slice(HEADER.length) : null)
}

/**
 * What the value of a key is bound to. Of a key in an environment variable the variable's name is sealed, in a column of its
 * own, so that neither can stand for the other.
 */
export function apiKeyBinding(rows: Pick<StoredRows, 'provider'>, key: KeyRow): SecretBinding {
  const column = key.environmentVariable === null ? 'sealed' : 'environmentVariable'
  const destination = destinationDigest(keyDestination(rows, key))
  return { table: 'api_key_secrets', column, rowId: key.id, providerId: rows.provider.id, destination }
}

/** What a secret of the provider itself is bound to, e.g. the field `bedrock.accessKey`. */
export function providerSecretBinding(rows: StoredRows, field: string): SecretBinding {
  const destination = destinationDigest(fieldDestination(rows, field) ?? '')
  return { table: 'provider_secrets', column: field, rowId: rows.provider.id, providerId: rows.provider.id, destination }
}
