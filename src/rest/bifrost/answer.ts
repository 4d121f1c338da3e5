import type { Answer } from '../../http/respond.ts'
import { type ListForm, listAnswer } from '../long-list.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

const HEADERS = { 'content-type': 'application/json' }

/** JSON as Go's encoder writes it: what HTML could stumble over is escaped, and a line ends it (Bifrost contract, section 1). */
export function answer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...HEADERS, ...headers }, body: `${encode(value)}\n` }
}

/** The same for a list that is read while it is sent. `open` and `close` are JSON as it is. */
export function longAnswer<Node>(
  pages: AsyncIterable<readonly Node[]>,
  { open, close, toItems }: Pick<ListForm<Node>, 'open' | 'close'> & { readonly toItems: (node: Node) => readonly unknown[] },
): Answer {
  const form = { headers: HEADERS, open, close: (count: number) => `${close(count)}\n` }
  return listAnswer(pages, { ...form, encode: (node) => toItems(node).map(encode) })
}

function encode(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character)
}
