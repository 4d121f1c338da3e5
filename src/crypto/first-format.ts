import { readUrl } from '../read-url.ts'
import { decrypt, readEncrypted } from './aead.ts'
import { lengthPrefixed } from './encoding.ts'
import type { Keyring } from './keyring.ts'
import { Secret } from './secret.ts'

/** The texts of release 0.1.0, which bound a secret to the origin of its provider alone. They are opened once, to be sealed anew. */

const FORMAT = 'gw1'

/** What such a text was sealed for. */
export interface FirstBinding {
  readonly table: string
  readonly column: string
  readonly rowId: string
  readonly providerId: string
  readonly type: string
  readonly baseUrl: string
}

/** Whether a text is of that format. */
export function isFirstFormat(sealed: string): boolean {
  return sealed.startsWith(`${FORMAT}.`)
}

/** Opens a text of that format; null when it cannot be opened. */
export function openFirstFormat(keyring: Keyring, sealed: string, binding: FirstBinding): Secret | null {
  const [format, kid = '', nonce = '', body = '', ...rest] = sealed.split('.')
  const encrypted = readEncrypted(nonce, body)
  const key = keyring.find(kid)
  if (format !== FORMAT || rest.length > 0 || encrypted === null || key === undefined) return null
  const { table, column, rowId, providerId, type, baseUrl } = binding
  const associated = lengthPrefixed([FORMAT, kid, table, column, rowId, providerId, endpointBinding(type, baseUrl)])
  const bytes = decrypt(key.encryption, encrypted, associated)
  if (bytes === null) return null
  const secret = new Secret(bytes.toString('utf8'))
  bytes.fill(0)
  return secret
}

// Only the plainest authority: optional user info, then a name of ASCII letters or a bracketed IPv6 address, then a port.
const PLAIN_URL = /^https?:\/\/(?:[^/?#\\@\s]*@)?(?<host>[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?(?:[/?#]|$)/i

/** The origin of a base URL, or `default:<type>` when it is empty. A text that `new URL` would repair stood for itself. */
function endpointBinding(type: string, baseUrl: string): string {
  if (baseUrl.trim() === '') return `default:${type}`
  return plainOrigin(baseUrl) ?? `raw:${baseUrl}`
}

function plainOrigin(baseUrl: string): string | null {
  const host = PLAIN_URL.exec(baseUrl)?.groups?.host
  const url = readUrl(baseUrl)
  if (host === undefined || url === null) return null
  const asWritten = host.startsWith('[') || url.hostname === host.toLowerCase()
  return asWritten ? url.origin : null
}
