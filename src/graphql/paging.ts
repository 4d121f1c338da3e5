import { Fault } from '../errors.ts'
import type { GatewayContext } from './context.ts'
import { LIMITS } from './limits.ts'

/** The arguments of a connection. */
export interface PageArguments {
  readonly first?: number | null | undefined
  readonly last?: number | null | undefined
}

/** Limits of every connection that Prisma serves; larger pages are cut to the largest. */
export const PAGE_SIZES = {
  defaultSize: LIMITS.defaultPageSize,
  maxSize: (_args: PageArguments, { channel }: GatewayContext) => (channel === 'graphql' ? LIMITS.maxPageSize : LIMITS.maxDialectPageSize),
}

/** Refuses pages that mean nothing: of less than one node, or counted from both ends. */
export function checkPage({ first, last }: PageArguments): void {
  if (first != null && last != null) throw new Fault('BAD_USER_INPUT', 'Give `first` or `last`, not both.')
  if ((first != null && first < 1) || (last != null && last < 1))
    throw new Fault('BAD_USER_INPUT', '`first` and `last` must be at least 1.')
}

/** Hands on the query of a page that means something. */
export function checkedPage<Query>(page: PageArguments, query: Query): Query {
  checkPage(page)
  return query
}

/** A page costs its nodes, and whatever it holds costs that many times. */
export function pageCost({ first, last }: PageArguments): { field: number; multiplier: number } {
  const size = Math.min(first ?? last ?? LIMITS.defaultPageSize, LIMITS.maxPageSize)
  return { field: size, multiplier: size }
}
