/** A base URL taken apart. */
export interface BaseUrlParts {
  /** Lower case, without the colon. */
  readonly scheme: string
  readonly hasUserinfo: boolean
  readonly hasFragment: boolean
  /** As it is written. */
  readonly path: string
  /** As it is written, behind the question mark. */
  readonly query: string
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/
const ABSOLUTE_URL = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s
const HOST = /^(?:\[[0-9A-Fa-f:.%A-Za-z]+\]|[^\s\\^`{|}%[\]:@]+|)(?::[0-9]*)?$/
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/

/**
 * Reads an absolute URL by the rules of Go's `url.Parse`, which JavaScript's `new URL`
 * differs from: it repairs `https:///path`, `https:host` and blanks around the text. Returns null for what is no
 * absolute URL with a host.
 */
export function parseBaseUrl(text: string): BaseUrlParts | null {
  if (CONTROL_CHARACTER.test(text)) return null
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = ABSOLUTE_URL.exec(text) ?? []
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  if (scheme === '' || host === '' || !HOST.test(host)) return null
  if (BAD_ESCAPE.test(path) || BAD_ESCAPE.test(fragment)) return null
  return { scheme: scheme.toLowerCase(), hasUserinfo: at >= 0, hasFragment: fragment !== '', path, query: query.slice(1) }
}
