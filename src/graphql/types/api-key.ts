import { builder } from '../builder.ts'
import { KeyAvailability } from './key-availability.ts'

export const ApiKey = builder.prismaNode('ApiKey', {
  id: { field: 'id' },
  nullable: true,
  authScopes: { viewer: true },
  description: 'An upstream credential. Its value can be written and replaced, never read. Requires the role `viewer`.',
  fields: (t) => ({
    uuid: t.expose('id', { type: 'UUID', description: "The row's UUID, as the REST dialects show it. Inside GraphQL prefer `id`." }),
    name: t.exposeString('name', { nullable: true, description: 'Display name; `null` if it has none.' }),
    masked: t.exposeString('masked', {
      description:
        'Safe to display, e.g. `sk-o...aaaa`, or `env:NAME` for a key in an environment variable. Computed when the key is written.',
    }),
    environmentVariable: t.exposeString('environmentVariable', {
      nullable: true,
      description: 'Name of the environment variable that holds the value, for a key that is not stored; `null` for one that is.',
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether tools should use the key.' }),
    weight: t.exposeFloat('weight', { description: 'Its share of the traffic among the enabled keys; 1 unless set.' }),
    lastConnectionTest: t.relation('lastConnectionTest', {
      nullable: true,
      description: 'The latest test with this key; `null` if never tested since the endpoint last changed.',
    }),
    provider: t.relation('provider', { description: 'The provider it belongs to.' }),
    availability: t.field({
      type: KeyAvailability,
      select: { id: true, availabilityResets: true, enabled: true },
      resolve: (key, _args, { deps }) => deps.callStatus.availabilityOf(key),
      description: 'Whether model calls use it now, as the replica that answers has found out.',
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      select: { id: true },
      resolve: ({ id }, _args, { deps }) => deps.lastUses.find(id),
      description: 'When a model call last used it, to the half minute; `null` if never. Connection tests do not count.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was stored.' }),
  }),
})

/** A page of keys, whether of one provider or of all. */
export const ApiKeyConnection = builder.connectionObject(
  { type: ApiKey, name: 'ApiKeyConnection', description: 'A page of API keys.' },
  { name: 'ApiKeyEdge', description: 'A key in a page.' },
)

builder.objectField(ApiKeyConnection, 'totalCount', (t) =>
  t.int({
    // The library counts only, where nothing else is asked for.
    extensions: { pothosPrismaTotalCount: true },
    resolve: (connection) => totalOf(connection),
    description: 'How many nodes all pages have together.',
  }),
)

/** The library counts the keys of a provider with their page, and hands out what counts those of a list. */
function totalOf(connection: object): number | Promise<number> {
  const count: unknown = Reflect.get(connection, 'totalCount')
  return typeof count === 'function' ? count() : Number(count)
}
