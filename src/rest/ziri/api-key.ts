/** What a key of these vendors begins with; other vendors' keys have a least length (ZIRI contract, section A6). */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['openai', 'sk-'],
  ['anthropic', 'sk-ant-'],
])
const LEAST_LENGTH = 10

/** Whether a text can be a key of the vendor at all. The domain has further rules, e.g. against masks. */
export function isKeyOf(name: string, key: string): boolean {
  if (key !== key.trim() || /[\r\n]/.test(key)) return false
  const prefix = PREFIXES.get(name)
  return prefix === undefined ? key.length >= LEAST_LENGTH : key.startsWith(prefix) && key.length > prefix.length
}
