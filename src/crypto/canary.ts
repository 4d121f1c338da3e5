import { decrypt, encrypt, readEncrypted, writeEncrypted } from './aead.ts'
import { lengthPrefixed } from './encoding.ts'
import type { KeyringKey } from './keyring.ts'

const FORMAT = 'gwc1'
const PLAINTEXT = Buffer.from('ai-provider-gateway canary', 'utf8')

/** A text that only this key opens. Stored once, it proves at every later start that the configured key is the right one. */
export function makeCanary(key: KeyringKey): string {
  return `${FORMAT}.${writeEncrypted(encrypt(key.canary, PLAINTEXT, lengthPrefixed([FORMAT, key.kid])))}`
}

/** Whether the text is a canary of this key. A damaged or foreign text is simply not one. */
export function opensCanary(key: KeyringKey, text: string): boolean {
  const [format, nonce, body, ...rest] = text.split('.')
  if (format !== FORMAT || nonce === undefined || body === undefined || rest.length > 0) return false
  const encrypted = readEncrypted(nonce, body)
  if (encrypted === null) return false
  return decrypt(key.canary, encrypted, lengthPrefixed([FORMAT, key.kid]))?.equals(PLAINTEXT) ?? false
}
