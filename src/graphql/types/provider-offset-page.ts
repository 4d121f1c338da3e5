import { Fault } from '../../errors.ts'
import type { Prisma } from '../../generated/prisma-sqlite/client.ts'
import { builder } from '../builder.ts'
import { LIMITS } from '../limits.ts'
import { Provider, ProviderFilter, ProviderOrder } from './provider.ts'
import { providerOrderBy, providerWhere } from './provider-filter.ts'

interface OffsetPage {
  readonly where: Prisma.ProviderWhereInput
  readonly orderBy: Prisma.ProviderOrderByWithRelationInput[]
  readonly skip: number
  readonly take: number
}

const ProviderOffsetPage = builder.objectRef<OffsetPage>('ProviderOffsetPage').implement({
  description: 'A part of the list of providers that begins at a number.',
  authScopes: { viewer: true },
  fields: (t) => ({
    nodes: t.prismaField({
      type: [Provider],
      resolve: (query, { where, orderBy, skip, take }, _args, { deps }) =>
        deps.database.prisma.provider.findMany({ ...query, where, orderBy, skip, take }),
      description: 'The providers of the part.',
    }),
    totalCount: t.int({
      resolve: ({ where }, _args, { deps }) => deps.database.prisma.provider.count({ where }),
      description: 'How many providers the whole list has.',
    }),
  }),
})

builder.queryField('providersByOffset', (t) =>
  t.field({
    type: ProviderOffsetPage,
    authScopes: { viewer: true },
    args: {
      filter: t.arg({ type: ProviderFilter, description: 'Which ones; all when omitted.' }),
      orderBy: t.arg({ type: ProviderOrder, description: 'In which order; by name when omitted.' }),
      offset: t.arg.int({ required: true, defaultValue: 0, description: 'How many to leave out at the start.' }),
      limit: t.arg.int({ required: true, defaultValue: LIMITS.defaultPageSize, description: 'How many at most: 0 to 100.' }),
    },
    complexity: ({ limit }) => {
      const size = Math.min(limit, LIMITS.maxPageSize)
      return { field: size, multiplier: size }
    },
    resolve: (_root, { filter, orderBy, offset, limit }, { rules }) => {
      if (offset < 0 || limit < 0) throw new Fault('BAD_USER_INPUT', '`offset` and `limit` must not be negative.')
      const take = Math.min(limit, rules.pageLimit)
      return { where: providerWhere(filter), orderBy: providerOrderBy(orderBy), skip: offset, take }
    },
    description:
      'All providers from a number on, for clients that count instead of following cursors: a change between two requests can make them miss one or see it twice. Prefer `providers`.',
  }),
)
