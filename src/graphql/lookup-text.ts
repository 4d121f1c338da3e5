/**
 * A text of a client to look something up by. PostgreSQL takes no U+0000 in a text, not even in one that is sought, and neither
 * database takes half a character; nothing that is stored has them, so another character finds as little.
 */
export function lookupText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd')
}
