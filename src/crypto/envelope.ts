import { createHmac, timingSafeEqual } from 'node:crypto'
import { decrypt, type Encrypted, encrypt, readEncrypted, writeEncrypted } from './aead.ts'
import { decodeCanonical, lengthPrefixed } from './encoding.ts'
import type { Keyring, KeyringKey } from './keyring.ts'
import { Secret } from './secret.ts'
import { UnreadableSecretError } from './unreadable-secret-error.ts'

const FORMAT = 'gw2'
const KID_BYTES = 16

/** Where a secret is stored and where it may be sent. A sealed text opens only with the binding it was sealed with. */
export interface SecretBinding {
  readonly table: string
  readonly column: string
  readonly rowId: string
  readonly providerId: string
  /** The digest of the destination that the secret goes to (see `src/destination/`). */
  readonly destination: string
}

/** An encrypted secret as it is stored, and the id of the key that opens it. */
export interface Sealed {
  /** `gw2.<kid>.<nonce>.<ciphertext and tag>`, each part but the first in base64url. */
  readonly sealed: string
  readonly kid: string
}

/** Encrypts a secret with the primary key, for one row and destination only. */
export function seal(keyring: Keyring, plaintext: Secret, binding: SecretBinding): Sealed {
  const { kid, encryption } = keyring.primary
  const bytes = encodeText(plaintext)
  const encrypted = encrypt(encryption, bytes, associatedData(kid, binding))
  bytes.fill(0)
  return { sealed: `${FORMAT}.${kid}.${writeEncrypted(encrypted)}`, kid }
}

/** Decrypts a sealed text with the key that it names. Throws an `UnreadableSecretError` that says why it cannot. */
export function open(keyring: Keyring, sealed: string, binding: SecretBinding): Secret {
  return opener(keyring, sealed, binding)()
}

/** Opens a sealed text each time that it is called, as `open` does; all that comes before the decryption is done once, here. */
export function opener(keyring: Keyring, sealed: string, binding: SecretBinding): () => Secret {
  const { kid, encrypted } = parseSealed(sealed)
  // The id decides. Trying key after key would let a forger choose which one answers.
  const key = keyring.find(kid)
  if (key === undefined) throw new UnreadableSecretError('UNKNOWN_KEY')
  const associated = associatedData(kid, binding)
  return () => {
    const bytes = decrypt(key.encryption, encrypted, associated)
    if (bytes === null) throw new UnreadableSecretError('NOT_AUTHENTIC')
    const secret = new Secret(bytes.toString('utf8'))
    bytes.fill(0)
    return secret
  }
}

/** The id of the key that a sealed text names. Throws an `UnreadableSecretError` when the text is malformed. */
export function kidOf(sealed: string): string {
  return parseSealed(sealed).kid
}

/**
 * Answers "is this the same secret?" without opening anything: `<kid>.<HMAC-SHA256>` under the primary key.
 * The key id makes fingerprints of different keys differ visibly, so they are only ever compared under the same one.
 */
export function fingerprint(keyring: Keyring, plaintext: Secret): string {
  return fingerprintUnder(keyring.primary, plaintext)
}

/**
 * Whether a fingerprint is of this very secret. False, too, when the keyring lacks the key that it was made with: nobody
 * can tell then.
 */
export function isFingerprintOf(keyring: Keyring, stored: string, plaintext: Secret): boolean {
  const key = keyring.find(stored.split('.')[0] ?? '')
  if (key === undefined) return false
  const [one, other] = [Buffer.from(stored), Buffer.from(fingerprintUnder(key, plaintext))]
  return one.length === other.length && timingSafeEqual(one, other)
}

function fingerprintUnder({ kid, fingerprint: key }: KeyringKey, plaintext: Secret): string {
  const bytes = encodeText(plaintext)
  const digest = createHmac('sha256', key).update(bytes).digest('base64url')
  bytes.fill(0)
  return `${kid}.${digest}`
}

function associatedData(kid: string, { table, column, rowId, providerId, destination }: SecretBinding): Buffer {
  return lengthPrefixed([FORMAT, kid, table, column, rowId, providerId, destination])
}

function parseSealed(sealed: string): { kid: string; encrypted: Encrypted } {
  const [format, kid, nonce, body, ...rest] = sealed.split('.')
  if (format !== FORMAT || kid === undefined || nonce === undefined || body === undefined || rest.length > 0) {
    throw new UnreadableSecretError('MALFORMED')
  }
  const encrypted = readEncrypted(nonce, body)
  if (encrypted === null || decodeCanonical(kid, 'base64url')?.length !== KID_BYTES) throw new UnreadableSecretError('MALFORMED')
  return { kid, encrypted }
}

function encodeText(plaintext: Secret): Buffer {
  const text = plaintext.reveal()
  // UTF-8 has no bytes for half a surrogate pair; Node would silently store another text than the one it was given.
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('A secret must be well-formed Unicode: it has half of a surrogate pair.')
  return Buffer.from(text, 'utf8')
}
