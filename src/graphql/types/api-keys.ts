import { builder } from '../builder.ts'
import { LIMITS } from '../limits.ts'
import { checkedPage, checkPage, PAGE_SIZES, pageCost } from '../paging.ts'
import { ApiKey, ApiKeyConnection } from './api-key.ts'
import { apiKeyWhere } from './api-key-filter.ts'
import { ConnectionStatus } from './connection-test.ts'

const ApiKeyFilter = builder.inputType('ApiKeyFilter', {
  description: 'Which API keys a list has. Conditions combine with AND.',
  fields: (t) => ({
    search: t.string({
      description:
        'Part of the name, display name or base URL of the provider, in any case; from four characters on also part of the mask or the name of the key, as they are shown. At most 200 characters.',
      extensions: { maxCharacters: LIMITS.searchCharacters },
    }),
    enabled: t.boolean({ description: 'Only enabled, or only disabled ones.' }),
    status: t.field({ type: ConnectionStatus, description: 'Only those whose latest test ended so; `null` for those without a test.' }),
  }),
})

builder.queryField('apiKeys', (t) =>
  t.prismaConnection(
    {
      ...PAGE_SIZES,
      type: ApiKey,
      cursor: 'id',
      authScopes: { viewer: true },
      args: { filter: t.arg({ type: ApiKeyFilter, description: 'Which ones; all when omitted.' }) },
      complexity: pageCost,
      totalCount: (_root, args, { deps }) => deps.database.prisma.apiKey.count(checkedPage(args, { where: apiKeyWhere(args.filter) })),
      resolve: (query, _root, args, { deps }) => {
        checkPage(args)
        return deps.database.prisma.apiKey.findMany({ ...query, where: apiKeyWhere(args.filter), orderBy: { number: 'desc' } })
      },
      description: 'The API keys of all providers, newest first, page by page.',
    },
    ApiKeyConnection,
  ),
)
