import type { Shell } from './shell.ts'

/** The width that output is made for. */
export const WIDTH = 80

/** Prints a result: as one JSON document for a program, or as text for a person. */
export function printResult(shell: Shell, json: boolean, data: unknown, text: string): void {
  shell.print(json ? `${JSON.stringify(data, null, 2)}\n` : `${text}\n`)
}

/** Text that others have stored must not steer the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\ufffd')
}

/** Lines in columns below their titles; the last column is as wide as it needs. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, ...rows.map((row) => row.map(printable))]
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** At most so many characters, with a sign where something was cut off. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** `2026-03-04 05:06`, in UTC. */
export function minute(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ')
}

/** `2026-03-04 05:06:07`, in UTC. */
export function second(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

/** `1 provider`, `2 providers`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/** `3 secrets`, `1 token`, or both: what is under an encryption key. */
export function secretsAndTokens(secrets: number, tokens: number): string {
  if (tokens === 0) return counted(secrets, 'secret')
  return secrets === 0 ? counted(tokens, 'token') : `${counted(secrets, 'secret')} and ${counted(tokens, 'token')}`
}

/** The words in lines of at most `WIDTH` columns, of which all but the first are indented. */
export function wrapped(text: string, indent: number): string {
  const lines = ['']
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
