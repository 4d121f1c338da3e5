/** Escapes can spell any name, so a text that has some is looked through as well. */
const MAY_HAVE_SPECIAL_KEYS = /__proto__|constructor|\\u/
const SPECIAL_KEYS = ['__proto__', 'constructor']

/** The same JSON without the keys that mean something to JavaScript. Nothing needs them, and code that copies objects can be led astray by them. */
export function withoutSpecialKeys(json: string): string {
  if (!MAY_HAVE_SPECIAL_KEYS.test(json)) return json
  try {
    return JSON.stringify(JSON.parse(json, (key, value: unknown) => (SPECIAL_KEYS.includes(key) ? undefined : value)))
  } catch {
    // No JSON at all: what reads it next says so.
    return json
  }
}
