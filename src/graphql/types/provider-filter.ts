import type { Prisma, Provider } from '../../generated/prisma-sqlite/client.ts'
import type { ConnectionStatus, ProviderType } from '../../generated/prisma-sqlite/enums.ts'
import { foldForSearch } from '../../providers/search-text.ts'

interface Filter {
  readonly search?: string | null | undefined
  readonly type?: ProviderType | null | undefined
  readonly enabled?: boolean | null | undefined
  /** Null for those that were not tested. */
  readonly status?: ConnectionStatus | null | undefined
}

interface Order {
  readonly field: 'NAME' | 'DISPLAY_NAME' | 'BASE_URL' | 'CREATED_AT' | 'UPDATED_AT'
  readonly direction: 'ASC' | 'DESC'
}

const COLUMNS = { NAME: 'name', DISPLAY_NAME: 'sortName', BASE_URL: 'baseUrl', CREATED_AT: 'createdAt', UPDATED_AT: 'updatedAt' } as const

/** A shorter part of a mask says nothing; a control character, or half of one, is in none, and LIKE would read `%` and `\` otherwise. */
export const PART_OF_MASK = /^[^%\\\p{C}]{4,}$/u

/** The live providers that the filter lets through. A condition that is left out does not count, nor one that is null, but for `status`. */
export function providerWhere(filter: Filter | null | undefined): Prisma.ProviderWhereInput {
  const { search, type, enabled, status } = filter ?? {}
  return {
    deletedAt: null,
    ...(search ? searchWhere(search) : {}),
    ...(type == null ? {} : { type }),
    ...(enabled == null ? {} : { enabled }),
    ...(status === undefined ? {} : { lastConnectionTest: status === null ? null : { status } }),
  }
}

function searchWhere(search: string): Prisma.ProviderWhereInput {
  const inTexts = { searchText: { contains: foldForSearch(search) } }
  if (!PART_OF_MASK.test(search)) return inTexts
  return { OR: [inTexts, { apiKeys: { some: { masked: { contains: search } } } }] }
}

/** What the place of a provider in any order depends on. */
export const ORDER_COLUMNS = { name: true, sortName: true, baseUrl: true, createdAt: true, updatedAt: true, number: true } as const

type OrderValues = Pick<Provider, keyof typeof ORDER_COLUMNS>

/**
 * The providers behind a row, or in front of it. The first condition follows from the second, and is what lets the database
 * begin at the row's place in an index.
 */
export function providersBehind(row: OrderValues, order: Order | null | undefined, isBackwards: boolean): Prisma.ProviderWhereInput {
  const { field, direction } = order ?? DEFAULT_ORDER
  const column = COLUMNS[field]
  const isUp = (direction === 'ASC') !== isBackwards
  const [from, beyond] = isUp ? (['gte', 'gt'] as const) : (['lte', 'lt'] as const)
  const value = row[column]
  return {
    [column]: { [from]: value },
    OR: [{ [column]: { [beyond]: value } }, { number: { [beyond]: row.number } }],
  }
}

const DEFAULT_ORDER: Order = { field: 'NAME', direction: 'ASC' }

/** The order asked for, by name when none is; equal ones in the order of their creation. */
export function providerOrderBy(order: Order | null | undefined): Prisma.ProviderOrderByWithRelationInput[] {
  const { field, direction } = order ?? DEFAULT_ORDER
  const sort = direction === 'ASC' ? 'asc' : 'desc'
  return [{ [COLUMNS[field]]: sort }, { number: sort }]
}
