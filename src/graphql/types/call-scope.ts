import type { CallScope as CallScopeOf } from '../../auth/call-scope.ts'
import type { CallScopeInput as NewCallScope } from '../../auth/call-scope-input.ts'
import { builder } from '../builder.ts'
import { Provider, ProviderRefInput, toProviderRef } from './provider.ts'

export const CallScope = builder.objectRef<CallScopeOf>('CallScope').implement({
  description: 'Which model calls a token may make.',
  authScopes: { caller: true },
  fields: (t) => ({
    providers: t.prismaField({
      type: [Provider],
      nullable: true,
      complexity: { field: 1, multiplier: 10 },
      resolve: (query, { providers }, _args, { deps }) =>
        providers === null
          ? null
          : deps.database.prisma.provider.findMany({
              ...query,
              where: { id: { in: [...providers] }, deletedAt: null },
              orderBy: { number: 'asc' },
            }),
      description:
        'The providers that it may call; `null` for every one, also later ones. Requires the role `viewer`. A deleted provider is not here any more, and another one of its name does not take its place.',
    }),
    models: t.field({
      type: ['String'],
      nullable: true,
      resolve: ({ models }) => models,
      description: "The models that it may call: the vendors' names, with `*` for any characters, e.g. `gpt-*`; `null` for every one.",
    }),
    requestsPerMinute: t.exposeInt('requestsPerMinute', {
      nullable: true,
      description: "Calls in a minute, counted by each replica of the gateway; `null` for the gateway's own limit.",
    }),
    tokensPerDay: t.exposeFloat('tokensPerDay', {
      nullable: true,
      description:
        'Input and output tokens in a day of UTC; `null` for no limit. Counted over all replicas, to the second; calls without figures count as none.',
    }),
  }),
})

export const CallScopeInput = builder.inputType('CallScopeInput', {
  description: 'Which model calls a token may make. What is left out is not limited: `{}` is every call.',
  fields: (t) => ({
    providers: t.field({ type: [ProviderRefInput], description: 'The providers that it may call, 1 to 100; every one when omitted.' }),
    models: t.stringList({
      description:
        "The models that it may call, 1 to 100: the vendors' names, with `*` for any characters, e.g. `gpt-*`; every one when omitted.",
    }),
    requestsPerMinute: t.int({ description: 'Calls in a minute, 1 to 1,000,000, counted by each replica.' }),
    tokensPerDay: t.float({
      description: 'Input and output tokens in a day of UTC, a whole number from 1 to 1,000,000,000,000. Counted over all replicas.',
    }),
  }),
})

/** Turns the input into what commands take. */
export function toCallScope({ providers, ...limits }: typeof CallScopeInput.$inferInput): NewCallScope {
  return { ...limits, providers: providers?.map(toProviderRef) }
}
