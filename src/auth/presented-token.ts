import type { IncomingHttpHeaders } from 'node:http'

/**
 * The token that a request brings, or null. Headers only: a token in a URL would end up in logs. The first carrier that
 * is not empty counts, even when it is wrong (Coder contract, section 7).
 */
export function presentedToken(headers: IncomingHttpHeaders): string | null {
  const session = headers['coder-session-token']
  if (typeof session === 'string' && session.trim() !== '') return session.trim()
  const [, bearer] = /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '') ?? []
  return bearer ?? null
}
