import type { Prisma } from '../../generated/prisma-sqlite/client.ts'
import type { ConnectionStatus } from '../../generated/prisma-sqlite/enums.ts'
import { foldForSearch } from '../../providers/search-text.ts'
import { PART_OF_MASK } from './provider-filter.ts'

interface Filter {
  readonly search?: string | null | undefined
  readonly enabled?: boolean | null | undefined
  /** Null for those that were not tested. */
  readonly status?: ConnectionStatus | null | undefined
}

/** The keys that the filter lets through. A condition that is left out does not count, nor one that is null, but for `status`. */
export function apiKeyWhere(filter: Filter | null | undefined): Prisma.ApiKeyWhereInput {
  const { search, enabled, status } = filter ?? {}
  return {
    provider: { deletedAt: null },
    ...(search ? searchWhere(search) : {}),
    ...(enabled == null ? {} : { enabled }),
    ...(status === undefined ? {} : { lastConnectionTest: status === null ? null : { status } }),
  }
}

function searchWhere(search: string): Prisma.ApiKeyWhereInput {
  const ofProvider = { provider: { searchText: { contains: foldForSearch(search) } } }
  if (!PART_OF_MASK.test(search)) return ofProvider
  return { OR: [ofProvider, { masked: { contains: search } }, { name: { contains: search } }] }
}
