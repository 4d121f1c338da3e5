import type { Answer } from '../../http/respond.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** JSON as Go's encoder writes it: what HTML could stumble over is escaped, and a line ends it (Bifrost contract, section 1). */
export function answer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const text = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character)
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: `${text}\n` }
}
