import { decrypt, encrypt, readEncrypted, writeEncrypted } from './aead.ts'
import { lengthPrefixed } from './encoding.ts'
import type { KeyringKey } from './keyring.ts'

/**
 * The format says how the texts under the key are bound, and only the key can make a canary: `gwc1` means that they are
 * bound as 0.1.0 bound them, and wait for the upgrade; `gwc2` that this release has sealed them.
 */
export type CanaryFormat = 'gwc1' | 'gwc2'

const FORMAT: CanaryFormat = 'gwc2'
const PLAINTEXT = Buffer.from('ai-provider-gateway canary', 'utf8')

/** A text that only this key opens. Stored once, it proves at every later start that the configured key is the right one. */
export function makeCanary(key: KeyringKey): string {
  return `${FORMAT}.${writeEncrypted(encrypt(key.canary, PLAINTEXT, lengthPrefixed([FORMAT, key.kid])))}`
}

/** The format of a canary that this key opens; null for a damaged or foreign text. */
export function canaryFormat(key: KeyringKey, text: string): CanaryFormat | null {
  const [format, nonce, body, ...rest] = text.split('.')
  if ((format !== 'gwc1' && format !== 'gwc2') || nonce === undefined || body === undefined || rest.length > 0) return null
  const encrypted = readEncrypted(nonce, body)
  if (encrypted === null) return null
  return decrypt(key.canary, encrypted, lengthPrefixed([format, key.kid])) === null ? null : format
}
