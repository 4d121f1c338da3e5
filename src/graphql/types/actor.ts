import type { Actor as ActorOf } from '../../audit/actor.ts'
import { hasRole } from '../../auth/principal.ts'
import { builder } from '../builder.ts'
import { ACTOR_KIND_VALUES } from '../enum-values.ts'
import { AccessToken } from './access-token.ts'

const ActorKind = builder.enumType('ActorKind', {
  values: ACTOR_KIND_VALUES,
  description: 'Who can do something. Expect new values.',
})

export const Actor = builder.objectRef<ActorOf>('Actor').implement({
  description: 'Who did something, as they were called then. Requires the role `admin`; anyone may see themselves.',
  authScopes: ({ id }, { principal }) => id === principal.tokenId || hasRole(principal, 'ADMIN'),
  fields: (t) => ({
    kind: t.expose('kind', { type: ActorKind, description: 'What kind of caller it was.' }),
    name: t.exposeString('name', { description: 'What the actor was called then.' }),
    id: t.id({
      nullable: true,
      resolve: ({ id }) => (id === '' ? null : id),
      description:
        'UUID of the token; user and machine for the command line; `null` for the gateway itself. It does not identify this object to a cache: the name is of that time.',
    }),
    token: t.prismaField({
      type: AccessToken,
      nullable: true,
      resolve: (query, { kind, id }, _args, { deps }) =>
        kind === 'TOKEN' ? deps.database.prisma.accessToken.findUnique({ ...query, where: { id } }) : null,
      description: 'The token; `null` for other kinds, and when it is gone.',
    }),
  }),
})
