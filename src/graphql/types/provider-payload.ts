import type { Changed } from '../../providers/update-provider.ts'
import type { builder } from '../builder.ts'
import { Provider } from './provider.ts'

type Fields<Shape> = Parameters<NonNullable<Parameters<ReturnType<typeof builder.objectRef<Shape>>['implement']>[0]['fields']>>[0]

/** A payload that carries a provider reads it again: the resolver hands on only the id. */
export function providerOfPayload<Shape extends { readonly id: string }>(t: Fields<Shape>) {
  return t.prismaField({
    type: Provider,
    resolve: (query, { id }, _args, { deps }) => deps.database.prisma.provider.findUniqueOrThrow({ ...query, where: { id } }),
    description: 'The provider as it is now.',
  })
}

export function unreadableSecretsOfPayload<Shape extends Changed>(t: Fields<Shape>) {
  return t.stringList({
    resolve: ({ unreadableSecrets }) => unreadableSecrets,
    description:
      'Stored secrets that this change should have moved and that cannot be read: UUIDs of keys, and names of fields. They are sent nowhere. Store them again.',
  })
}
