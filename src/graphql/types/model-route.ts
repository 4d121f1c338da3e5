import type { NamedProvider } from '../../auth/call-scope-input.ts'
import type { ModelRouteRef, RouteTargetInput as TargetInput } from '../../routes/model-route-input.ts'
import { builder } from '../builder.ts'
import { TARGET_STATE_VALUES } from '../enum-values.ts'
import { lookupText } from '../lookup-text.ts'
import { checkedPage, checkPage, PAGE_SIZES, pageCost } from '../paging.ts'
import { given } from './given.ts'
import { Provider, ProviderRefInput, toProviderRef } from './provider.ts'

const TargetState = builder.enumType('TargetState', {
  values: TARGET_STATE_VALUES,
  description: 'Whether calls of a route use a target. Expect new values.',
})

builder.prismaObject('RouteTarget', {
  description: 'A model of a provider that a route may call.',
  authScopes: { viewer: true },
  fields: (t) => ({
    provider: t.field({
      type: Provider,
      nullable: true,
      complexity: 1,
      select: (_args, _context, nested) => ({ provider: nested(true) }),
      resolve: ({ provider }) => (provider.deletedAt === null ? provider : null),
      description: 'The provider; `null` when it was deleted.',
    }),
    providerName: t.string({
      select: { provider: { select: { name: true } } },
      resolve: ({ provider }) => provider.name,
      description: "The provider's name, which stays when the provider is deleted.",
    }),
    model: t.exposeString('model', { description: "The vendor's name of the model." }),
    weight: t.exposeFloat('weight', {
      description: 'How often it is chosen among the targets of its priority; 0 only when no other of them is available.',
    }),
    priority: t.exposeInt('priority', { description: 'The smallest one that has an available target is used.' }),
    state: t.field({
      type: TargetState,
      select: { providerId: true, model: true, provider: { select: { enabled: true, deletedAt: true } } },
      complexity: 1,
      resolve: ({ providerId, model, provider }, _args, { deps }) => deps.callStatus.targetState({ providerId, model, ...provider }),
      description: 'Whether calls use it now, at the replica that answers.',
    }),
  }),
})

export const ModelRoute = builder.prismaNode('ModelRoute', {
  id: { field: 'id' },
  nullable: true,
  authScopes: { viewer: true },
  description:
    'One name for models of several providers: calls of `/v1` that name it go to the first target that is available. Requires the role `viewer`.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What callers name as the model; unique and immutable.' }),
    description: t.exposeString('description', { description: 'For people; empty when none was given.' }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether calls may use it.' }),
    targets: t.relation('targets', {
      complexity: { field: 5, multiplier: 5 },
      query: { orderBy: { number: 'asc' } },
      description: 'The models that it may call, as they were given; at most 32.',
    }),
    retryAfterTimeout: t.exposeBoolean('retryAfterTimeout', {
      description: 'Whether the next target is tried after one that did not begin to answer in time: both may bill the call.',
    }),
    version: t.exposeInt('version', { description: 'Raised by every change; send it back as `expectedVersion` to refuse a lost update.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
})

/** Names one model route in an input. */
export const ModelRouteRefInput = builder.inputType('ModelRouteRef', {
  isOneOf: true,
  description: 'Names one model route: give exactly one field.',
  fields: (t) => ({
    id: t.globalID({ for: ModelRoute, description: 'Its GraphQL id.' }),
    name: t.string({ description: 'Its name.' }),
  }),
})

export function toModelRouteRef(input: typeof ModelRouteRefInput.$inferInput): ModelRouteRef {
  const id = input.id?.id
  return id == null ? { name: lookupText(input.name ?? '') } : { id }
}

export const RouteTargetInput = builder.inputType('RouteTargetInput', {
  description: 'A model of a provider that a route may call.',
  fields: (t) => ({
    provider: t.field({ type: ProviderRefInput, required: true, description: 'The provider.' }),
    model: t.string({ required: true, description: "The vendor's name of the model; 1 to 200 ASCII characters without spaces." }),
    weight: t.float({ description: 'How often it is chosen among the targets of its priority; 1 when omitted.' }),
    priority: t.int({ description: '0 to 100: the smallest one that has an available target is used; 0 when omitted.' }),
  }),
})

export function toTarget({ provider, model, weight, priority }: typeof RouteTargetInput.$inferInput): TargetInput {
  const named: NamedProvider = toProviderRef(provider)
  return { provider: named, model, weight: given(weight), priority: given(priority) }
}

builder.queryFields((t) => ({
  modelRoute: t.prismaField({
    type: ModelRoute,
    nullable: true,
    authScopes: { viewer: true },
    args: { by: t.arg({ type: ModelRouteRefInput, required: true, description: 'Which one.' }) },
    complexity: 1,
    resolve: (query, _root, { by }, { deps }) => deps.database.prisma.modelRoute.findFirst({ ...query, where: toModelRouteRef(by) }),
    description: 'One model route; `null` when nothing matches.',
  }),
  modelRoutes: t.prismaConnection(
    {
      ...PAGE_SIZES,
      type: ModelRoute,
      cursor: 'id',
      authScopes: { viewer: true },
      complexity: pageCost,
      totalCount: (_root, args, { deps }) => deps.database.prisma.modelRoute.count(checkedPage(args, {})),
      resolve: (query, _root, args, { deps }) => {
        checkPage(args)
        return deps.database.prisma.modelRoute.findMany({ ...query, orderBy: { name: 'asc' } })
      },
      description: 'All model routes by name, page by page.',
    },
    { name: 'ModelRouteConnection', description: 'A page of model routes.' },
    { name: 'ModelRouteEdge', description: 'A model route in a page.' },
  ),
}))
