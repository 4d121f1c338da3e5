import type { ValidationIssue } from './errors.ts'

/**
 * Checks a text to store that has no rules of its own. The character U+0000 cannot be stored: one database refuses it,
 * the other ends the text there. Neither can half a character, which JSON can write: PostgreSQL refuses it in the audit event.
 */
export function checkText(text: string | null | undefined, path: readonly string[], most: number): ValidationIssue[] {
  if ((text?.length ?? 0) > most)
    return [{ path, rule: 'OUT_OF_RANGE', message: `The text must not be longer than ${most.toLocaleString('en')} characters.` }]
  if (text?.includes('\u0000')) return [{ path, rule: 'NOT_ALLOWED', message: 'The text must not contain the character U+0000.' }]
  if (text?.isWellFormed() === false)
    return [{ path, rule: 'NOT_ALLOWED', message: 'The text contains half a character (an unpaired surrogate). Send whole characters.' }]
  return []
}
