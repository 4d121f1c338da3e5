/**
 * A text as a URL, or null when it is none. `URL.canParse` is not asked anywhere: once a process has called it some
 * thousand times, Node 20 says no to every text with a letter like "ü" in its host.
 */
export function readUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** A part of a URL without its escapes; null when one of them is none. */
export function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
