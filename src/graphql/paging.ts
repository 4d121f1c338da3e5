import { Fault } from '../errors.ts'
import { LIMITS } from './limits.ts'

/** The arguments of a connection. */
export interface PageArguments {
  readonly first?: number | null | undefined
  readonly last?: number | null | undefined
  readonly after?: string | null | undefined
  readonly before?: string | null | undefined
}

/** Cursors as connections write them; another kind of value would fail behind them, or begin anywhere. */
const CURSORS = {
  /** Of a row, for the ids that ours go by. */
  row: /^GPC:S:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /** Of a place in a list that is read whole. */
  offset: /^OffsetConnection:\d{1,9}$/,
}

/** Also for what Pothos refuses before `checkPage` sees it: sizes below zero. */
export const TOO_SMALL_PAGE = '`first` and `last` must be at least 1.'

/** Limits of every connection that Prisma serves; larger pages are cut to the largest. */
export const PAGE_SIZES = { defaultSize: LIMITS.defaultPageSize, maxSize: LIMITS.maxPageSize }

/** Refuses pages that mean nothing: of less than one node, counted from both ends, or beside a cursor that nobody gave out. */
export function checkPage({ first, last, after, before }: PageArguments, cursors: keyof typeof CURSORS = 'row'): void {
  if (first != null && last != null) throw new Fault('BAD_USER_INPUT', 'Give `first` or `last`, not both.')
  if ((first != null && first < 1) || (last != null && last < 1)) throw new Fault('BAD_USER_INPUT', TOO_SMALL_PAGE)
  for (const cursor of [after, before])
    if (cursor != null && !CURSORS[cursors].test(Buffer.from(cursor, 'base64').toString()))
      throw new Fault('BAD_USER_INPUT', 'A cursor in the request is not valid.')
}

/** Hands on the query of a page that means something. */
export function checkedPage<Query>(page: PageArguments, query: Query): Query {
  checkPage(page)
  return query
}

/** A page with no node has no cursor: Pothos makes one up for lists that Prisma does not serve, and refuses it when it comes back. */
export function withoutMadeUpCursors<Page extends { readonly edges: readonly unknown[]; readonly pageInfo: object }>(page: Page): Page {
  return page.edges.length > 0 ? page : { ...page, pageInfo: { ...page.pageInfo, startCursor: null, endCursor: null } }
}

/** A page costs its nodes, and whatever it holds costs that many times. */
export function pageCost({ first, last }: PageArguments): { field: number; multiplier: number } {
  const size = Math.min(first ?? last ?? LIMITS.defaultPageSize, LIMITS.maxPageSize)
  return { field: size, multiplier: size }
}
