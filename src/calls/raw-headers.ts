/** A header among names and values in turns; empty when it is not there. */
export function headerOf(headers: readonly string[], name: string): string {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name)
  return at === -1 ? '' : (headers[at + 1] ?? '')
}

/** The same headers by their names in lower case; of repeated ones the values are joined with a comma. */
export function headerRecord(headers: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] ?? '').toLowerCase()
    const value = headers[index + 1] ?? ''
    record[name] = Object.hasOwn(record, name) ? `${record[name]}, ${value}` : value
  }
  return record
}

const NONE: ReadonlySet<string> = new Set()
/** What nearly every `Connection` header says, which names no other header. */
const OF_CONNECTION = /^(?:keep-alive|close)$/i

/** Headers that `Connection` headers make part of the connection, in lower case. */
export function nominatedBy(raw: readonly string[]): ReadonlySet<string> {
  const names: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const value = raw[index + 1] ?? ''
    if (raw[index]?.toLowerCase() !== 'connection' || OF_CONNECTION.test(value)) continue
    for (const name of value.split(',')) names.push(name.trim().toLowerCase())
  }
  return names.length === 0 ? NONE : new Set(names)
}
