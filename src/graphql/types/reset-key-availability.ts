import { ApiKeyNotFoundError } from '../../errors.ts'
import { resetKeyAvailability } from '../../providers/reset-key-availability.ts'
import { builder } from '../builder.ts'
import { rowIdOf } from '../global-id.ts'
import { ApiKey } from './api-key.ts'

const ResetKeyAvailabilityInput = builder.inputType('ResetKeyAvailabilityInput', {
  description: 'A key that calls should use again.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its GraphQL id.' }) }),
})

const ResetKeyAvailabilityPayload = builder.objectRef<{ id: string }>('ResetKeyAvailabilityPayload').implement({
  description: 'Calls may use the key again.',
  authScopes: { editor: true },
  fields: (t) => ({
    apiKey: t.prismaField({
      type: ApiKey,
      resolve: (query, { id }, _args, { deps }) => deps.database.prisma.apiKey.findUniqueOrThrow({ ...query, where: { id } }),
      description: 'The key as it is now.',
    }),
  }),
})

builder.mutationField('resetKeyAvailability', (t) =>
  t.field({
    type: ResetKeyAvailabilityPayload,
    authScopes: { editor: true },
    errors: {
      types: [ApiKeyNotFoundError],
      union: { name: 'ResetKeyAvailabilityResult', description: 'The key, or why nothing changed.' },
    },
    args: { input: t.arg({ type: ResetKeyAvailabilityInput, required: true, description: 'The key.' }) },
    resolve: async (_root, { input }, context) => {
      const id = rowIdOf('ApiKey', input.id)
      if (id === null) throw new ApiKeyNotFoundError(input.id)
      return { id: await resetKeyAvailability(context.deps, context, id) }
    },
    description:
      'Forgets, at every replica, what model calls have found out about a key: the next call may use a paused key again. Requires `editor`.',
  }),
)
