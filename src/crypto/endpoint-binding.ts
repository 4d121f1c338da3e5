// Only the plainest authority: optional user info, then a name of ASCII letters or a bracketed IPv6 address, then a port.
const PLAIN_URL = /^https?:\/\/(?:[^/?#\\@\s]*@)?(?<host>[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?(?:[/?#]|$)/i

/**
 * Names the place that a base URL sends keys to: its origin, or `default:<type>` when it is empty. Never throws.
 *
 * `new URL` repairs texts that other programs refuse or read differently (`https:\\host`, `http://127.1`, a full-width
 * letter). Two readers could then dial two hosts under one origin, so such a text is bound whole, as `raw:<text>`.
 */
export function endpointBinding(type: string, baseUrl: string): string {
  if (baseUrl.trim() === '') return `default:${type}`
  return plainOrigin(baseUrl) ?? `raw:${baseUrl}`
}

function plainOrigin(baseUrl: string): string | null {
  const host = PLAIN_URL.exec(baseUrl)?.groups?.host
  if (host === undefined || !URL.canParse(baseUrl)) return null
  const url = new URL(baseUrl)
  // An IPv6 address has many spellings of one meaning; a name must have come through as it was written.
  const asWritten = host.startsWith('[') || url.hostname === host.toLowerCase()
  return asWritten ? url.origin : null
}
