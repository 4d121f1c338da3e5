/** How keys of vendors and tokens of this gateway begin. */
const PREFIX = /^(sk-|sk_|gw_|gsk_|hf_|xai-|AIza|AKIA|ASIA|AQ\.|eyJ)/
const SHORTEST = 16
/** What a key that begins in no known way is made of. */
const MIXED = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w-]{24,}$/
/** So many letters and digits in one piece are in no name. */
const LONG_PIECE = /(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{24,}/i

/**
 * The last four characters of what looks like a whole API key, whatever was copied with it: quotes, the name of a variable, a
 * header; null for other texts. A search goes to the gateway and stands in the URL, and a key must do neither.
 */
export function endOfPastedKey(text: string): string | null {
  // Characters that nobody sees are copied along from web pages.
  const parts = text.replaceAll(/\p{Cf}/gu, '').split(/[^\w.-]+/)
  return parts.findLast(isKey)?.slice(-4) ?? null
}

function isKey(part: string): boolean {
  const isMask = part.includes('...')
  return !isMask && ((PREFIX.test(part) && part.length >= SHORTEST) || MIXED.test(part) || LONG_PIECE.test(part))
}
