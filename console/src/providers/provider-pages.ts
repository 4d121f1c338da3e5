import type { Client, RequestPolicy } from '@urql/core'
import { type Problem, problemOf } from '../gateway/problem.ts'
import { type ProviderRowFragment, ProvidersDocument, type ProvidersQueryVariables } from '../generated/documents.ts'

/** What of the list has been read. */
export interface ProviderList {
  readonly rows: readonly ProviderRowFragment[]
  /** How many the whole list has; null before the first answer. */
  readonly totalCount: number | null
  readonly hasMore: boolean
  readonly isLoading: boolean
  readonly problem: Problem | null
}

/** A list that is read page by page and kept up to date. */
export interface ProviderPages {
  readonly current: () => ProviderList
  /** Calls back after every change, until the function returned is called. */
  readonly subscribe: (listener: () => void) => () => void
  readonly loadMore: () => void
  /** Reads all pages again, as they are now. */
  readonly reload: () => void
}

interface Page {
  readonly after: string | null
  readonly nodes: readonly ProviderRowFragment[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
}

/** The largest page that the gateway gives. */
const PAGE_SIZE = 100

export const NOTHING_YET: ProviderList = { rows: [], totalCount: null, hasMore: false, isLoading: true, problem: null }

/** How many pages of each list have been read: whoever comes back to it finds as many, and so their place. */
const lengths = new WeakMap<Client, Map<string, number>>()

function lengthsOf(client: Client): Map<string, number> {
  const known = lengths.get(client) ?? new Map<string, number>()
  lengths.set(client, known)
  return known
}

/** Reads a list with the client's cache, so that a change to one provider shows in its row wherever the news came from. */
export function createProviderPages(client: Client, query: Pick<ProvidersQueryVariables, 'filter' | 'orderBy'>): ProviderPages {
  let list = NOTHING_YET
  let pages: readonly Page[] = []
  const listeners = new Set<() => void>()
  const watched: { unsubscribe: () => void }[] = []
  /** Which pages have been asked for and are not there yet, and whether all are to be read again when they are. */
  const awaited = new Set<number>()
  let isDue = false
  const read = lengthsOf(client)
  const key = JSON.stringify(query)
  const wanted = read.get(key) ?? 1

  const show = (change: Partial<ProviderList>) => {
    list = { ...list, ...change }
    for (const listener of listeners) listener()
  }

  const forgetFrom = (index: number) => {
    for (const { unsubscribe } of watched.splice(index)) unsubscribe()
    pages = pages.slice(0, index)
    for (const one of awaited) if (one >= index) awaited.delete(one)
  }

  /** A page that ends elsewhere than before moves the beginning of the next one. */
  const place = (index: number, page: Page, totalCount: number) => {
    const next = pages[index + 1]
    if (next !== undefined && !page.hasNextPage) forgetFrom(index + 1)
    pages = [...pages.slice(0, index), page, ...pages.slice(index + 1)]
    const isMoved = next !== undefined && next.after !== page.endCursor
    const isWanted = next === undefined && pages.length < wanted && !awaited.has(index + 1)
    if (page.hasNextPage && (isMoved || isWanted)) watch(index + 1, page.endCursor, 'cache-and-network')
    read.set(key, Math.max(pages.length, read.get(key) ?? 1))
    show({ rows: rowsOf(pages), totalCount, hasMore: pages.at(-1)?.hasNextPage ?? false, isLoading: false, problem: null })
  }

  function watch(index: number, after: string | null, requestPolicy: RequestPolicy): void {
    watched[index]?.unsubscribe()
    awaited.add(index)
    const variables = { first: PAGE_SIZE, after, ...query }
    watched[index] = client.query(ProvidersDocument, variables, { requestPolicy }).subscribe(({ data, error }) => {
      awaited.delete(index)
      if (error !== undefined) show({ isLoading: false, problem: problemOf(error) })
      else if (data !== undefined) {
        const { nodes, pageInfo, totalCount } = data.providers
        place(index, { after, nodes, endCursor: pageInfo.endCursor, hasNextPage: pageInfo.hasNextPage }, totalCount)
      }
      if (isDue && awaited.size === 0) reload()
    })
  }

  const reload = () => {
    // Begun anew at each change, a reading that takes longer than the time between two would never end.
    isDue = awaited.size > 0
    if (isDue) return
    show({ isLoading: true, problem: null })
    const places = pages.length === 0 ? [null] : pages.map(({ after }) => after)
    for (const [index, after] of places.entries()) watch(index, after, 'network-only')
  }

  return {
    current: () => list,
    subscribe: (listener) => {
      listeners.add(listener)
      if (watched.length === 0) watch(0, null, 'cache-and-network')
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) forgetFrom(0)
      }
    },
    loadMore: () => {
      const last = pages.at(-1)
      if (list.isLoading || last === undefined || !last.hasNextPage) return
      show({ isLoading: true })
      watch(pages.length, last.endCursor, 'cache-and-network')
    },
    reload,
  }
}

/** Each provider once: one that moved to another page may be on both for a moment. */
function rowsOf(pages: readonly Page[]): ProviderRowFragment[] {
  return [...new Map(pages.flatMap(({ nodes }) => nodes.map((node) => [node.id, node] as const))).values()]
}
