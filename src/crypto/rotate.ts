import { fingerprint, kidOf, open, type Sealed, type SecretBinding, seal } from './envelope.ts'
import type { Keyring } from './keyring.ts'

/** A secret sealed again. Its fingerprint comes along, because that changes with the primary key too. */
export interface Resealed extends Sealed {
  readonly fingerprint: string
}

/**
 * Opens a sealed text with whichever key it names and seals it with the primary key, for what `to` names.
 * Null when nothing would change: it is under the primary key already and bound to the same. It is not opened then.
 * Throws an `UnreadableSecretError` like `open`.
 */
export function reseal(keyring: Keyring, sealed: string, from: SecretBinding, to: SecretBinding = from): Resealed | null {
  if (kidOf(sealed) === keyring.primary.kid && isSameBinding(from, to)) return null
  const plaintext = open(keyring, sealed, from)
  return { ...seal(keyring, plaintext, to), fingerprint: fingerprint(keyring, plaintext) }
}

function isSameBinding(one: SecretBinding, other: SecretBinding): boolean {
  return (
    one.table === other.table &&
    one.column === other.column &&
    one.rowId === other.rowId &&
    one.providerId === other.providerId &&
    one.destination === other.destination
  )
}
