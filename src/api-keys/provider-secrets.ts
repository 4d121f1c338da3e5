import { opener } from '../crypto/envelope.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Secret } from '../crypto/secret.ts'
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
