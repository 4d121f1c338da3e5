/** The most that is quoted of an upstream's message, in characters. */
const MAX_QUOTE = 300
/** A text that shares this many characters in a row with a secret shows a part of it. */
const SHORTEST_PART = 8
const HIDDEN = '[hidden]'

/** Removes secrets from texts that an upstream wrote. It knows the secrets that were sent in this test. */
export interface Scrubber {
  /** The text without secrets, control characters and surplus length; null when nothing may be shown. */
  quote(text: string): string | null
  /** Whether a short text, such as a model's name, is free of every secret. */
  isClean(text: string): boolean
  /** The whole text with every part of a known secret hidden. */
  hide(text: string): string
}

/** Credentials that may stand in a text although we did not send them, and keys that the upstream has half masked (`sk-a***b`). */
const CREDENTIAL_PATTERNS = [
  /\bBearer\s+\S+/gi,
  /\bBasic\s+[A-Za-z0-9+/=]{8,}/g,
  /\b(?:sk|pk|rk|gsk|xai|nvapi|hf|pplx|AIza|AKIA|ASIA|gh[opusr]|eyJ)[-_A-Za-z0-9.*]{6,}/g,
  /[^\s"'`]*\*{2,}[^\s"'`]*/g,
  /[^\s"'`]+(?:\.{3}|…)[^\s"'`]+/g,
  /\b(?:ending|starting|beginning)\s+(?:in|with)\s+\S+/gi,
]

/** A scrubber for these secrets. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const known = secrets.filter((secret) => secret !== '')
  // A secret of a few characters cannot be told from ordinary words, so then nothing of the upstream's text is shown.
  const isTooShort = known.some((secret) => secret.length < SHORTEST_PART)
  let parts: ReadonlySet<string> | null = null
  const hideKnown = (text: string) => {
    parts ??= new Set(known.flatMap(spellings).flatMap(partsOf))
    return hideParts(text, parts)
  }
  return {
    quote(text) {
      if (isTooShort) return null
      const hidden = CREDENTIAL_PATTERNS.reduce((result, pattern) => result.replace(pattern, HIDDEN), hideKnown(printable(text)))
      return hidden === '' ? null : shorten(hidden)
    },
    isClean: (text) => !known.some((secret) => text.includes(secret)) && hideKnown(text) === text,
    hide: (text) => known.reduce((result, secret) => result.replaceAll(secret, HIDDEN), hideKnown(text)),
  }
}

/** The ways in which an upstream is likely to write a secret back; base64 in all three alignments, as inside `user:<secret>`. */
function spellings(secret: string): string[] {
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from('x'.repeat(shift) + secret)
      .toString('base64')
      .slice(shift && shift + 1),
  )
  const base64url = base64.map((text) => text.replace(/\+/g, '-').replace(/\//g, '_'))
  const hex = Buffer.from(secret).toString('hex')
  const spelled = [secret, hex, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64, ...base64url]
  return spelled.flatMap((text) => [text, text.split('').reverse().join('')])
}

/** Every run of SHORTEST_PART characters: a text with one of them shows a part of the secret. Letter case does not count. */
function partsOf(text: string): string[] {
  const folded = foldCase(text)
  return Array.from({ length: Math.max(0, folded.length - SHORTEST_PART + 1) }, (_, at) => folded.slice(at, at + SHORTEST_PART))
}

function hideParts(text: string, parts: ReadonlySet<string>): string {
  const folded = foldCase(text)
  let result = ''
  let shownTo = 0
  for (let at = 0; at + SHORTEST_PART <= folded.length; at += 1) {
    if (!parts.has(folded.slice(at, at + SHORTEST_PART))) continue
    if (at >= shownTo) result += text.slice(shownTo, at) + HIDDEN
    shownTo = at + SHORTEST_PART
  }
  return result + text.slice(shownTo)
}

/** ASCII only: `toLowerCase` can change a text's length, and positions must stay the same. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Invisible characters can hide a secret or forge log lines. Only the start is looked at: a body may be large. */
function printable(text: string): string {
  const start = text.slice(0, 4 * MAX_QUOTE)
  return start
    .replace(/[\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{C}/gu, '')
    .trim()
}

function shorten(text: string): string {
  const characters = Array.from(text)
  return characters.length <= MAX_QUOTE ? text : `${characters.slice(0, MAX_QUOTE - 1).join('')}…`
}
