import type { ChangePosition, ProviderChange } from '../../changes/provider-changes.ts'
import { Fault } from '../../errors.ts'
import { builder } from '../builder.ts'
import { CHANGE_ACTION_VALUES } from '../enum-values.ts'
import { Provider, ProviderRefInput, toProviderRef } from './provider.ts'

const ChangeAction = builder.enumType('ChangeAction', {
  values: CHANGE_ACTION_VALUES,
  description: 'What happened to a provider.',
})

const ProviderChangeType = builder.objectRef<ProviderChange>('ProviderChange').implement({
  description: 'A change to a provider, sent after it was committed. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({
    action: t.expose('action', { type: ChangeAction, description: 'What happened.' }),
    cursor: t.string({
      resolve: ({ position }) => toCursor(position),
      description: 'The position of this change among all, for `after` of a later subscription, on any replica.',
    }),
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
    args: {
      provider: t.arg({ type: ProviderRefInput, description: 'Only changes to this one; to all when omitted.' }),
      after: t.arg.string({
        description:
          'The `cursor` of the last change that an earlier subscription sent: later changes come first, in order. Refused when there are more than 1,000 of them.',
      }),
    },
    subscribe: (_root, { provider, after }, { deps, principal }) =>
      deps.changes.subscribe(principal.tokenId, accepting(provider), after == null ? null : toPosition(after)),
    resolve: (change) => change,
    description:
      'Every change to a provider that is committed from now on, across all replicas, in order. Ends when the token is revoked or expires. After a lost connection subscribe again with `after`, or without it and read what may have changed meanwhile.',
  }),
)

/** What the columns can hold. */
const LARGEST = 2_147_483_647
const CURSOR = /^ProviderChange:(\d{1,10}):(\d{1,10})$/

function toCursor({ revision, number }: ChangePosition): string {
  return Buffer.from(`ProviderChange:${revision}:${number}`).toString('base64')
}

function toPosition(cursor: string): ChangePosition {
  const [, revision, number] = CURSOR.exec(Buffer.from(cursor, 'base64').toString()) ?? []
  const position = { revision: Number(revision), number: Number(number) }
  if (!Object.values(position).every((part) => part <= LARGEST)) throw new Fault('BAD_USER_INPUT', 'A cursor in the request is not valid.')
  return position
}

function accepting(provider: typeof ProviderRefInput.$inferInput | null | undefined): (change: ProviderChange) => boolean {
  if (provider == null) return () => true
  const ref = toProviderRef(provider)
  return ({ providerId, providerName }) => ('id' in ref ? ref.id === providerId : ref.name === providerName)
}
