import { readCallScope } from '../../auth/call-scope.ts'
import { createAccessToken } from '../../auth/create-access-token.ts'
import { hasRole } from '../../auth/principal.ts'
import { revokeAccessToken } from '../../auth/revoke-access-token.ts'
import { tokenPrefix } from '../../auth/token.ts'
import { ValidationError } from '../../errors.ts'
import { Role as RoleEnum } from '../../generated/prisma-sqlite/enums.ts'
import { builder } from '../builder.ts'
import { rowIdOf } from '../global-id.ts'
import { checkedPage, checkPage, PAGE_SIZES, pageCost } from '../paging.ts'
import { CallScope, CallScopeInput, toCallScope } from './call-scope.ts'

export const Role = builder.enumType(RoleEnum, {
  name: 'Role',
  description:
    'What a token may do: CALLER only makes model calls, VIEWER reads, EDITOR also writes and tests, ADMIN also manages tokens and reads the audit log. Model calls need a `CallScope`, whatever the role.',
  values: {
    CALLER: { description: 'Reads only its own `viewer` and usage, and which providers and models it may call.' },
    VIEWER: { description: 'Reads providers, their masked keys and their tests.' },
    EDITOR: { description: 'Also creates, changes, deletes and tests providers.' },
    ADMIN: { description: 'Also manages tokens, reads the audit log, and may let stored keys move to another endpoint.' },
  },
})

export const AccessToken = builder.prismaNode('AccessToken', {
  id: { field: 'id' },
  nullable: true,
  select: { id: true },
  authScopes: ({ id }, { principal }) => id === principal.tokenId || hasRole(principal, 'ADMIN'),
  runScopesOnType: true,
  description: 'A credential for this API. Its value is shown only once. Requires the role `admin`; everyone can see their own.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Who or what uses it.' }),
    role: t.expose('role', { type: Role, description: 'What it may do.' }),
    prefix: t.string({
      select: { lookupId: true },
      resolve: tokenPrefix,
      description:
        'The public start of its value, e.g. `gw_8sQ2mZ4kLp`: how a lost token is found again. One that an operator chose has a part of its digest.',
    }),
    calls: t.field({
      type: CallScope,
      nullable: true,
      select: { calls: true },
      resolve: ({ calls }) => readCallScope(calls),
      description: 'The model calls that it may make; `null` for none, whatever its role.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      select: { id: true, lastUsedAt: true },
      resolve: async ({ id, lastUsedAt }, _args, { deps }) => (await deps.lastUses.find(id)) ?? lastUsedAt,
      description: 'When it was last used, to the half minute; `null` if never.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'When it stops working; `null` for never.' }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true, description: 'When it was revoked; `null` while it is valid.' }),
  }),
})

builder.queryFields((t) => ({
  accessTokens: t.prismaConnection(
    {
      ...PAGE_SIZES,
      type: AccessToken,
      cursor: 'id',
      authScopes: { admin: true },
      complexity: pageCost,
      totalCount: (_root, args, { deps }) => deps.database.prisma.accessToken.count(checkedPage(args, {})),
      resolve: (query, _root, args, { deps }) => {
        checkPage(args)
        return deps.database.prisma.accessToken.findMany({ ...query, orderBy: { number: 'desc' } })
      },
      description: 'All tokens, revoked ones too, newest first. Requires `admin`.',
    },
    { name: 'AccessTokenConnection', description: 'A page of access tokens.' },
    { name: 'AccessTokenEdge', description: 'A token in a page.' },
  ),
}))

const CreateAccessTokenInput = builder.inputType('CreateAccessTokenInput', {
  description: 'A token to make.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Who or what will use it; 1 to 200 characters.' }),
    role: t.field({ type: Role, required: true, description: 'What it may do.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it stops working; never when omitted.' }),
    calls: t.field({
      type: CallScopeInput,
      description: 'The model calls that it may make; none when omitted. A token of the role CALLER needs it; `{}` is every call.',
    }),
  }),
})

const CreateAccessTokenPayload = builder.objectRef<{ id: string; value: string }>('CreateAccessTokenPayload').implement({
  description: 'A new token. Copy `value` now: it is not shown again.',
  authScopes: { admin: true },
  fields: (t) => ({
    token: t.prismaField({
      type: AccessToken,
      resolve: (query, { id }, _args, { deps }) => deps.database.prisma.accessToken.findUniqueOrThrow({ ...query, where: { id } }),
      description: 'The token, without its value.',
    }),
    value: t.exposeString('value', { description: 'What to send as `Authorization: Bearer`.' }),
  }),
})

const RevokeAccessTokenInput = builder.inputType('RevokeAccessTokenInput', {
  description: 'A token to revoke.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its GraphQL id.' }) }),
})

/** The payload of a mutation that changes a token. */
export function changedTokenPayload(name: string, description: string) {
  return builder.objectRef<{ id: string | null }>(name).implement({
    description,
    authScopes: { admin: true },
    fields: (t) => ({
      token: t.prismaField({
        type: AccessToken,
        nullable: true,
        // An id that no row has: Pothos takes a query that is not used for a mistake.
        resolve: (query, { id }, _args, { deps }) => deps.database.prisma.accessToken.findUnique({ ...query, where: { id: id ?? '' } }),
        description: 'The token as it is now; `null` when no token has the id.',
      }),
    }),
  })
}

builder.mutationFields((t) => ({
  createAccessToken: t.field({
    type: CreateAccessTokenPayload,
    authScopes: { admin: true },
    errors: { types: [ValidationError], union: { name: 'CreateAccessTokenResult', description: 'A new token, or why there is none.' } },
    args: { input: t.arg({ type: CreateAccessTokenInput, required: true, description: 'The token to make.' }) },
    resolve: (_root, { input: { name, role, expiresAt, calls } }, context) =>
      createAccessToken(context.deps, context, { name, role, expiresAt: expiresAt ?? null, calls: calls && toCallScope(calls) }),
    description: 'Creates a token, whose value is shown only once, here. Requires `admin`.',
  }),
  revokeAccessToken: t.field({
    type: changedTokenPayload('RevokeAccessTokenPayload', 'The token no longer works.'),
    authScopes: { admin: true },
    errors: {
      types: [ValidationError],
      union: { name: 'RevokeAccessTokenResult', description: 'The revoked token, or why it is still valid.' },
    },
    args: { input: t.arg({ type: RevokeAccessTokenInput, required: true, description: 'The token to revoke.' }) },
    resolve: async (_root, { input }, context) => {
      const id = rowIdOf('AccessToken', input.id)
      return { id: id === null ? null : await revokeAccessToken(context.deps, context, id) }
    },
    description: 'Revokes a token at once and permanently. Fails for the last valid admin token. Requires `admin`.',
  }),
}))
