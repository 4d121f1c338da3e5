import { type Answer, JSON_HEADERS } from '../http/respond.ts'
import type { RestRequest } from './dialect.ts'

/** A page of a connection. */
export interface ConnectionPage<Node> {
  readonly nodes: readonly Node[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/**
 * All nodes of a connection, page by page. Every page begins behind the last node of the one before, in an order that does
 * not change (by name, by creation): no node comes twice, and none is missing that was there all the time, whatever
 * changes meanwhile.
 */
export async function* pagesOf<Node>(
  takeTurn: RestRequest['takeTurn'],
  read: (after: string | null) => Promise<ConnectionPage<Node>>,
): AsyncGenerator<readonly Node[]> {
  let page = await read(null)
  for (;;) {
    yield page.nodes
    const { hasNextPage, endCursor } = page.pageInfo
    if (!hasNextPage || endCursor === null) return
    page = await takeTurn(() => read(endCursor))
  }
}

export interface ListForm<Node> {
  readonly headers: Readonly<Record<string, string>>
  /** What stands before and behind the items; `close` is asked when all of them were written. */
  readonly open: string
  readonly close: (count: number) => string
  /** The text of each item that a node gives. */
  readonly encode: (node: Node) => readonly string[]
}

/** An answer with a list that is read while it is sent. */
export function listAnswer<Node>(pages: AsyncIterable<readonly Node[]>, { headers, open, close, encode }: ListForm<Node>): Answer {
  async function* pieces(): AsyncGenerator<string> {
    yield open
    let count = 0
    for await (const nodes of pages) {
      const texts = nodes.flatMap(encode)
      if (texts.length > 0) yield `${count > 0 ? ',' : ''}${texts.join(',')}`
      count += texts.length
    }
    yield close(count)
  }
  return { status: 200, headers, pieces: pieces() }
}

/** A bare array, written as `json` writes it. */
export function arrayAnswer<Node>(pages: AsyncIterable<readonly Node[]>, toItem: (node: Node) => unknown): Answer {
  return listAnswer(pages, { headers: JSON_HEADERS, open: '[', close: () => ']\n', encode: (node) => [JSON.stringify(toItem(node))] })
}
