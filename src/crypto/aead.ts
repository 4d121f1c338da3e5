import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { decodeCanonical } from './encoding.ts'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

// Stated on both sides: without it, Node takes a tag of 4 bytes, which can be guessed.
const OPTIONS = { authTagLength: TAG_BYTES }

/** The two parts of an encrypted message. `body` is the ciphertext followed by its tag. */
export interface Encrypted {
  readonly nonce: Buffer
  readonly body: Buffer
}

/** Encrypts under a fresh random nonce. `associated` is not stored, but decryption needs the same again. */
export function encrypt(key: KeyObject, plaintext: Buffer, associated: Buffer): Encrypted {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(associated)
  const body = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  return { nonce, body }
}

/** The plaintext, or null when the key, the nonce, the body or `associated` is not what it was at encryption. */
export function decrypt(key: KeyObject, { nonce, body }: Encrypted, associated: Buffer): Buffer | null {
  const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(associated)
  decipher.setAuthTag(body.subarray(-TAG_BYTES))
  const plaintext = decipher.update(body.subarray(0, -TAG_BYTES))
  try {
    decipher.final()
    return plaintext
  } catch {
    // What came out so far is unauthenticated, and Node's own error says nothing more than that.
    plaintext.fill(0)
    return null
  }
}

/** Writes `<nonce>.<body>`. */
export function writeEncrypted({ nonce, body }: Encrypted): string {
  return `${nonce.toString('base64url')}.${body.toString('base64url')}`
}

/** Reads the two parts back; null unless they are canonical, with a nonce of 12 bytes and room for a whole tag. */
export function readEncrypted(nonceText: string, bodyText: string): Encrypted | null {
  const nonce = decodeCanonical(nonceText, 'base64url')
  const body = decodeCanonical(bodyText, 'base64url')
  if (nonce === null || body === null || nonce.length !== NONCE_BYTES || body.length < TAG_BYTES) return null
  return { nonce, body }
}
