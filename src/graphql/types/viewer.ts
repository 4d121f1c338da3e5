import type { Principal } from '../../auth/principal.ts'
import { builder } from '../builder.ts'
import { AccessToken, Role } from './access-token.ts'
import { CallScope } from './call-scope.ts'

/** Somebody that an identity provider vouches for. */
interface PersonOf {
  readonly subject: string
  readonly name: string
  readonly email: string | null
  readonly issuer: string
}

const Person = builder.objectRef<PersonOf>('Person').implement({
  description: 'A person who signed in with an identity provider. Requires the role `caller`.',
  authScopes: { caller: true },
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'Their id at the issuer.' }),
    name: t.exposeString('name', { description: 'Their name, as the issuer tells it.' }),
    email: t.exposeString('email', { nullable: true, description: 'Their address; `null` when the issuer tells none.' }),
    issuer: t.exposeString('issuer', { description: 'URL of the identity provider.' }),
  }),
})

const Viewer = builder.objectRef<Principal>('Viewer').implement({
  description: 'Who sent this request, and what they may do. Requires the role `caller`: anyone with a token has one.',
  authScopes: { caller: true },
  fields: (t) => ({
    role: t.expose('role', { type: Role, description: 'What they may do.' }),
    calls: t.field({
      type: CallScope,
      nullable: true,
      resolve: ({ calls }) => calls,
      description: 'The model calls that they may make; `null` for none.',
    }),
    token: t.prismaField({
      type: AccessToken,
      nullable: true,
      resolve: (query, { tokenId }, _args, { deps }) => deps.database.prisma.accessToken.findUnique({ ...query, where: { id: tokenId } }),
      description: 'The token of the request; `null` when it came with none.',
    }),
    person: t.field({
      type: Person,
      nullable: true,
      resolve: () => null,
      description: 'The person who signed in; `null` for a request with a token.',
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    // All that a caller may read.
    skipTypeScopes: true,
    authScopes: { caller: true },
    resolve: (_root, _args, { principal }) => principal,
    description: 'Who sent this request.',
  }),
)
