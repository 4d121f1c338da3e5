import { ModelRouteNameTakenError, ModelRouteNotFoundError, ValidationError, VersionConflictError } from '../../errors.ts'
import { createModelRoute } from '../../routes/create-model-route.ts'
import { deleteModelRoute } from '../../routes/delete-model-route.ts'
import { updateModelRoute } from '../../routes/update-model-route.ts'
import { builder } from '../builder.ts'
import { given } from './given.ts'
import { ModelRoute, ModelRouteRefInput, RouteTargetInput, toModelRouteRef, toTarget } from './model-route.ts'

const TARGETS = 'The models that it may call, 1 to 32.'
const RETRY_AFTER_TIMEOUT =
  'Whether the next target is tried after one that did not begin to answer in time: both may bill the call. False when omitted.'
const EXPECTED_VERSION = 'Refuse the change when the route is at another version.'

const CreateModelRouteInput = builder.inputType('CreateModelRouteInput', {
  description: 'A model route to create.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'What callers name as the model: 1 to 100 letters, digits and `._:-`, the first a letter or digit.',
    }),
    description: t.string({ description: 'For people; at most 1,000 characters.' }),
    enabled: t.boolean({ description: 'Whether calls may use it; true when omitted.' }),
    targets: t.field({ type: [RouteTargetInput], required: true, description: TARGETS }),
    retryAfterTimeout: t.boolean({ description: RETRY_AFTER_TIMEOUT }),
  }),
})

const UpdateModelRouteInput = builder.inputType('UpdateModelRouteInput', {
  description: 'A change of a model route. What is omitted stays.',
  fields: (t) => ({
    route: t.field({ type: ModelRouteRefInput, required: true, description: 'Which one.' }),
    description: t.string({ description: 'For people; at most 1,000 characters.' }),
    enabled: t.boolean({ description: 'Whether calls may use it.' }),
    targets: t.field({ type: [RouteTargetInput], description: `${TARGETS} They replace all that it has.` }),
    retryAfterTimeout: t.boolean({ description: RETRY_AFTER_TIMEOUT }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
  }),
})

const DeleteModelRouteInput = builder.inputType('DeleteModelRouteInput', {
  description: 'A model route to delete.',
  fields: (t) => ({
    route: t.field({ type: ModelRouteRefInput, required: true, description: 'Which one.' }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
  }),
})

/** A payload that carries a route reads it again: the resolver hands on only the id. */
function routePayload(name: string, description: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    authScopes: { viewer: true },
    fields: (t) => ({
      modelRoute: t.prismaField({
        type: ModelRoute,
        resolve: (query, { id }, _args, { deps }) => deps.database.prisma.modelRoute.findUniqueOrThrow({ ...query, where: { id } }),
        description: 'The route as it is now.',
      }),
    }),
  })
}

const CreateModelRoutePayload = routePayload('CreateModelRoutePayload', 'The route was created.')
const UpdateModelRoutePayload = routePayload('UpdateModelRoutePayload', 'The route was changed.')

const DeleteModelRoutePayload = builder.objectRef<{ id: string; name: string }>('DeleteModelRoutePayload').implement({
  description: 'The route was deleted, and its name is free.',
  authScopes: { viewer: true },
  fields: (t) => ({
    deletedModelRouteId: t.globalID({
      resolve: ({ id }) => ({ type: ModelRoute, id }),
      description: 'Its GraphQL id, for a cache to drop.',
    }),
    name: t.exposeString('name', { description: 'Its name.' }),
  }),
})

builder.mutationFields((t) => ({
  createModelRoute: t.field({
    type: CreateModelRoutePayload,
    authScopes: { editor: true },
    errors: {
      types: [ValidationError, ModelRouteNameTakenError],
      union: { name: 'CreateModelRouteResult', description: 'The new route, or why there is none.' },
    },
    args: { input: t.arg({ type: CreateModelRouteInput, required: true, description: 'The route.' }) },
    resolve: async (_root, { input: { name, description, enabled, targets, retryAfterTimeout } }, context) => {
      const texts = { name, description: description ?? '', enabled: enabled ?? true, retryAfterTimeout: retryAfterTimeout ?? false }
      return { id: await createModelRoute(context.deps, context, { ...texts, targets: targets.map(toTarget) }) }
    },
    description: 'Creates a model route. Requires `editor`.',
  }),
  updateModelRoute: t.field({
    type: UpdateModelRoutePayload,
    authScopes: { editor: true },
    errors: {
      types: [ValidationError, ModelRouteNotFoundError, VersionConflictError],
      union: { name: 'UpdateModelRouteResult', description: 'The changed route, or why nothing changed.' },
    },
    args: { input: t.arg({ type: UpdateModelRouteInput, required: true, description: 'The change.' }) },
    resolve: async (_root, { input }, context) => {
      const { description, enabled, retryAfterTimeout, targets, expectedVersion } = input
      const texts = { description: given(description), enabled: given(enabled), retryAfterTimeout: given(retryAfterTimeout) }
      const changes = { ...texts, targets: targets?.map(toTarget) }
      const id = await updateModelRoute(context.deps, context, toModelRouteRef(input.route), changes, given(expectedVersion))
      return { id }
    },
    description: 'Changes a model route. Omitted fields stay; `targets`, when given, states all of them. Requires `editor`.',
  }),
  deleteModelRoute: t.field({
    type: DeleteModelRoutePayload,
    authScopes: { editor: true },
    errors: {
      types: [ModelRouteNotFoundError, VersionConflictError],
      union: { name: 'DeleteModelRouteResult', description: 'What was deleted, or why nothing was.' },
    },
    args: { input: t.arg({ type: DeleteModelRouteInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      deleteModelRoute(context.deps, context, toModelRouteRef(input.route), given(input.expectedVersion)),
    description: 'Deletes a model route and frees its name. Requires `editor`.',
  }),
}))
