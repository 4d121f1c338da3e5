/** Whether a text of a vendor holds none of the secrets that it was sent. */
export function showsNone(text: string, secrets: readonly string[]): boolean {
  return !secrets.some((secret) => secret !== '' && text.includes(secret))
}
