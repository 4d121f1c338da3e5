import type { Prisma } from '../../generated/prisma-sqlite/client.ts'
import type { ConnectionStatus, ProviderType } from '../../generated/prisma-sqlite/enums.ts'
import { foldForSearch } from '../../providers/search-text.ts'

interface Filter {
  readonly search?: string | null | undefined
  readonly type?: ProviderType | null | undefined
  readonly enabled?: boolean | null | undefined
  readonly status?: ConnectionStatus | null | undefined
}

interface Order {
  readonly field: 'NAME' | 'DISPLAY_NAME' | 'BASE_URL' | 'CREATED_AT' | 'UPDATED_AT'
  readonly direction: 'ASC' | 'DESC'
}

const COLUMNS = { NAME: 'name', DISPLAY_NAME: 'sortName', BASE_URL: 'baseUrl', CREATED_AT: 'createdAt', UPDATED_AT: 'updatedAt' } as const

/** The live providers that the filter lets through. A condition that is null or left out does not count. */
export function providerWhere(filter: Filter | null | undefined): Prisma.ProviderWhereInput {
  const { search, type, enabled, status } = filter ?? {}
  return {
    deletedAt: null,
    ...(search ? { searchText: { contains: foldForSearch(search) } } : {}),
    ...(type == null ? {} : { type }),
    ...(enabled == null ? {} : { enabled }),
    ...(status == null ? {} : { lastConnectionTest: { status } }),
  }
}

/** The order asked for, by name when none is; equal ones in the order of their creation. */
export function providerOrderBy(order: Order | null | undefined): Prisma.ProviderOrderByWithRelationInput[] {
  const { field, direction } = order ?? { field: 'NAME', direction: 'ASC' }
  const sort = direction === 'ASC' ? 'asc' : 'desc'
  return [{ [COLUMNS[field]]: sort }, { number: sort }]
}
