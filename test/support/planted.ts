/** The forms in which a secret could show: as it is, in a URL, in hex, base64 or base64url at any offset, and in UTF-16. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  // A secret inside a longer text that is encoded as a whole starts at any of three offsets.
  const shifted = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    return encoded.slice(offset === 0 ? 0 : 4, -2)
  })
  const urlSafe = shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
  const wide = Buffer.from(secret, 'utf16le').toString('latin1')
  return [...new Set([secret, encodeURIComponent(secret), bytes.toString('hex'), wide, ...shifted, ...urlSafe])]
}

/** Which of the secrets a text shows, in whatever form. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const folded = text.toLowerCase()
  return secrets.flatMap((secret) =>
    formsOf(secret).some((form) => text.includes(form) || (/^[0-9a-f]+$/.test(form) && folded.includes(form))) ? [secret] : [],
  )
}
