/**
 * A text of a client to look something up by. PostgreSQL takes no U+0000 in a text, not even in one that is sought; nothing
 * that is stored has it, so another character finds as little.
 */
export function soughtText(text: string): string {
  return text.replaceAll('\u0000', '\ufffd')
}
