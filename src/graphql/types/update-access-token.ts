import { type AccessTokenChanges, updateAccessToken } from '../../auth/update-access-token.ts'
import { ValidationError } from '../../errors.ts'
import { builder } from '../builder.ts'
import { rowIdOf } from '../global-id.ts'
import { changedTokenPayload } from './access-token.ts'
import { CallScopeInput, toCallScope } from './call-scope.ts'

const UpdateAccessTokenInput = builder.inputType('UpdateAccessTokenInput', {
  description: 'Changes of a token. What is left out stays; its role and value stay always.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Its GraphQL id.' }),
    name: t.string({ description: 'A new name, 1 to 200 characters.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it expires; `null` for never.' }),
    calls: t.field({
      type: CallScopeInput,
      description: 'The new call scope, which replaces the whole previous one; `null` for no model calls.',
    }),
  }),
})

builder.mutationField('updateAccessToken', (t) =>
  t.field({
    type: changedTokenPayload('UpdateAccessTokenPayload', 'The token has been changed.'),
    authScopes: { admin: true },
    errors: {
      types: [ValidationError],
      union: { name: 'UpdateAccessTokenResult', description: 'The changed token, or why nothing changed.' },
    },
    args: { input: t.arg({ type: UpdateAccessTokenInput, required: true, description: 'What changes.' }) },
    resolve: async (_root, { input }, context) => {
      // An id of something else is looked up all the same, so that what is wrong with the changes is told first.
      const id = rowIdOf('AccessToken', input.id) ?? ''
      return { id: await updateAccessToken(context.deps, context, id, toChanges(input)) }
    },
    description:
      'Changes the name, the expiry or the call scope of a token on every replica at once. Fails for a revoked token. Requires `admin`.',
  }),
)

function toChanges({ name, expiresAt, calls }: typeof UpdateAccessTokenInput.$inferInput): AccessTokenChanges {
  return { name: name ?? undefined, expiresAt, calls: calls && toCallScope(calls) }
}
