/** The forms in which a secret could show: as it is, and in the usual encodings of bytes. */
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
  return [...new Set([secret, encodeURIComponent(secret), bytes.toString('hex'), ...shifted, ...urlSafe])]
}

/** Which of the secrets a text shows, in whatever form. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const folded = text.toLowerCase()
  return secrets.flatMap((secret) =>
    formsOf(secret).some((form) => text.includes(form) || (/^[0-9a-f]+$/.test(form) && folded.includes(form))) ? [secret] : [],
  )
}
