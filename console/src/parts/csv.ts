export type CsvCell = string | number | null

/** A table as CSV (RFC 4180), its head first. */
function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(toField).join(',')}\r\n`).join('')
}

/** A spreadsheet would run a text that begins like a formula, so such a text gets an apostrophe in front. */
function toField(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Lets the browser save a table as a file. */
export function downloadCsv(name: string, rows: readonly (readonly CsvCell[])[]): void {
  const csv = toCsv(rows)
  // A spreadsheet takes other letters than those of ASCII for UTF-8 only behind this mark.
  const mark = /\P{ASCII}/u.test(csv) ? '\ufeff' : ''
  const url = URL.createObjectURL(new Blob([mark, csv], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(url)
}
