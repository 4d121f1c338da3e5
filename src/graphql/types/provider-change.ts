import type { ProviderChange } from '../../changes/provider-changes.ts'
import { builder } from '../builder.ts'
import { CHANGE_ACTION_VALUES } from '../enum-values.ts'
import { Provider, ProviderRefInput, toProviderRef } from './provider.ts'

const ChangeAction = builder.enumType('ChangeAction', {
  values: CHANGE_ACTION_VALUES,
  description: 'What happened to a provider.',
})

const ProviderChangeType = builder.objectRef<ProviderChange>('ProviderChange').implement({
  description: 'A change to a provider, told after it was committed. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({
    action: t.expose('action', { type: ChangeAction, description: 'What happened.' }),
    providerId: t.globalID({
      resolve: ({ providerId }) => ({ type: Provider, id: providerId }),
      description: 'The GraphQL id of the provider, for a cache to find it by.',
    }),
    provider: t.prismaField({
      type: Provider,
      nullable: true,
      resolve: (query, { providerId }, _args, { deps }) =>
        deps.database.prisma.provider.findFirst({ ...query, where: { id: providerId, deletedAt: null } }),
      description: 'The provider as it is now, perhaps newer than this change; `null` after a delete.',
    }),
  }),
})

builder.subscriptionField('providerChanged', (t) =>
  t.field({
    type: ProviderChangeType,
    authScopes: { viewer: true },
    args: { provider: t.arg({ type: ProviderRefInput, description: 'Only changes to this one; to all when omitted.' }) },
    subscribe: (_root, { provider }, { deps, principal }) => deps.changes.subscribe(principal.tokenId, accepting(provider)),
    resolve: (change) => change,
    description:
      'Every change to a provider that is committed from now on, across all replicas, in order. Ends when the token is revoked or expires. After a lost connection subscribe again, and then read what may have changed meanwhile.',
  }),
)

function accepting(provider: typeof ProviderRefInput.$inferInput | null | undefined): (change: ProviderChange) => boolean {
  if (provider == null) return () => true
  const ref = toProviderRef(provider)
  return ({ providerId, providerName }) => ('id' in ref ? ref.id === providerId : ref.name === providerName)
}
