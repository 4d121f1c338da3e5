/** How keys of vendors and tokens of this gateway begin. */
const PREFIX = /^(sk-|sk_|gw_|gsk_|xai-|AIza|AKIA|ASIA|AQ\.|eyJ)/
const SHORTEST = 16
/** What a key that begins in no known way is made of. */
const MIXED = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w-]{24,}$/

/**
 * The last four characters of what looks like a whole API key; null for other texts. A search goes to the gateway and stands in
 * the URL, and a key must do neither.
 */
export function endOfPastedKey(text: string): string | null {
  const pasted = text.trim()
  const isKey = (PREFIX.test(pasted) && pasted.length >= SHORTEST && !pasted.includes('...')) || MIXED.test(pasted)
  return isKey ? pasted.slice(-4) : null
}
