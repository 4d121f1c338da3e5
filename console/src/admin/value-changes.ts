/** One value that an event has changed, in words. */
export interface ValueChange {
  readonly name: string
  readonly old: string
  readonly now: string
}

type Fields = Readonly<Record<string, unknown>>

/** The values that were others before, of what the audit log wrote down: fields of a provider, and masks of keys with a new value. */
export function valueChangesOf(changes: unknown): readonly ValueChange[] {
  const { before, apiKeys, ...now } = fieldsOf(changes)
  const fields = Object.entries(fieldsOf(before)).map(([name, old]) => ({ name, old: textOf(old), now: textOf(now[name]) }))
  const { replaced } = fieldsOf(apiKeys)
  const keys = (Array.isArray(replaced) ? replaced : []).map((key: unknown, index) => {
    const { masked, was } = fieldsOf(key)
    return { name: index === 0 ? 'API key' : `API key ${index + 1}`, old: textOf(was), now: textOf(masked) }
  })
  return [...fields, ...keys]
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
