/**
 * Decodes base64 or base64url, and answers null unless the text is exactly what the bytes encode to. Node skips
 * foreign characters and ignores trailing bits, so without this check many texts would stand for the same bytes.
 */
export function decodeCanonical(text: string, encoding: 'base64' | 'base64url'): Buffer | null {
  const bytes = Buffer.from(text, encoding)
  return bytes.toString(encoding) === text ? bytes : null
}

/** Joins fields so that no two different lists give the same bytes: each is preceded by its length in bytes. */
export function lengthPrefixed(fields: readonly string[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field, 'utf8')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}
