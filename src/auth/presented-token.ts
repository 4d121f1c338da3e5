import type { IncomingHttpHeaders } from 'node:http'

/**
 * The token that a request brings, or null. Headers only: a token in a URL would end up in logs. The first carrier that
 * is not empty counts, even when it is wrong.
 * @param tokenHeaders those that are asked before `Authorization`, in lower case.
 */
export function presentedToken(headers: IncomingHttpHeaders, tokenHeaders: readonly string[]): string | null {
  for (const name of tokenHeaders) {
    const given = headers[name]
    if (typeof given === 'string' && given.trim() !== '') return given.trim()
  }
  const [, bearer] = /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '') ?? []
  return bearer ?? null
}
