import {
  ApiKeyNotFoundError,
  ApiKeysNotSupportedError,
  KeyRequiredForNewEndpointError,
  ProviderInUseError,
  ProviderNameTakenError,
  ProviderNotFoundError,
  ValidationError,
  VersionConflictError,
} from '../../errors.ts'
import { checkProvider } from '../../providers/check-provider.ts'
import { createProvider } from '../../providers/create-provider.ts'
import { type DeletedProvider, deleteProvider } from '../../providers/delete-provider.ts'
import { testAfterWrite } from '../../providers/test-after-write.ts'
import { type Changed, updateProvider } from '../../providers/update-provider.ts'
import { builder } from '../builder.ts'
import { ValidationIssue } from '../errors.ts'
import { Provider, toProviderRef } from './provider.ts'
import {
  CreateProviderInput,
  DeleteProviderInput,
  toExpectedState,
  toNewProvider,
  toProviderChanges,
  UpdateProviderInput,
} from './provider-inputs.ts'
import { providerOfPayload, unreadableSecretsOfPayload } from './provider-payload.ts'

const CreateProviderPayload = builder.objectRef<{ id: string }>('CreateProviderPayload').implement({
  description: 'The provider was created.',
  authScopes: { viewer: true },
  fields: (t) => ({ provider: providerOfPayload(t) }),
})
const UpdateProviderPayload = builder.objectRef<Changed>('UpdateProviderPayload').implement({
  description: 'The provider was changed.',
  authScopes: { viewer: true },
  fields: (t) => ({ provider: providerOfPayload(t), unreadableSecrets: unreadableSecretsOfPayload(t) }),
})

const DeleteProviderPayload = builder.objectRef<DeletedProvider>('DeleteProviderPayload').implement({
  description: 'The provider was deleted. Its keys and tests are gone and its name is free.',
  authScopes: { viewer: true },
  fields: (t) => ({
    deletedProviderId: t.globalID({ resolve: ({ id }) => ({ type: Provider, id }), description: 'Its GraphQL id, for a cache to drop.' }),
    deletedProviderUuid: t.expose('id', { type: 'UUID', description: 'Its UUID.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    routes: t.exposeStringList('routes', { description: 'The names of the model routes that had it as a target.' }),
  }),
})

builder.queryField('checkProvider', (t) =>
  t.field({
    type: [ValidationIssue],
    authScopes: { editor: true },
    args: { input: t.arg({ type: CreateProviderInput, required: true, description: 'The provider that is not created.' }) },
    resolve: (_root, { input }, context) => checkProvider(context.deps, context, toNewProvider(input)),
    description: 'Every rule that creating this provider would break, for forms that check while you type. Requires `editor`.',
  }),
)

builder.mutationFields((t) => ({
  createProvider: t.field({
    type: CreateProviderPayload,
    authScopes: { editor: true },
    errors: {
      types: [ValidationError, ProviderNameTakenError, ApiKeysNotSupportedError],
      union: { name: 'CreateProviderResult', description: 'The new provider, or why there is none.' },
    },
    args: { input: t.arg({ type: CreateProviderInput, required: true, description: 'The provider.' }) },
    resolve: async (_root, { input }, context) => {
      const id = await createProvider(context.deps, context, toNewProvider(input))
      if (input.testAfterwards) await testAfterWrite(context.deps, context, id)
      else context.deps.newProviderTests.start(context, id)
      return { id }
    },
    description:
      'Creates a provider with its keys, in one transaction. Unless `TEST_NEW_PROVIDERS` is off, it is then tested in the background. Requires `editor`.',
  }),
  updateProvider: t.field({
    type: UpdateProviderPayload,
    authScopes: { editor: true },
    errors: {
      types: [
        ValidationError,
        ProviderNotFoundError,
        ApiKeyNotFoundError,
        ApiKeysNotSupportedError,
        KeyRequiredForNewEndpointError,
        VersionConflictError,
      ],
      union: { name: 'UpdateProviderResult', description: 'The changed provider, or why nothing changed.' },
    },
    args: { input: t.arg({ type: UpdateProviderInput, required: true, description: 'The change.' }) },
    resolve: async (_root, { input }, context) => {
      const ref = toProviderRef(input.provider)
      const changed = await updateProvider(context.deps, context, ref, toProviderChanges(input), toExpectedState(input))
      if (input.testAfterwards) await testAfterWrite(context.deps, context, changed.id)
      return changed
    },
    description:
      'Changes a provider. Omitted fields stay; `apiKeys`, when given, states the whole set. One transaction: all of it or none of it. Requires `editor`.',
  }),
  deleteProvider: t.field({
    type: DeleteProviderPayload,
    authScopes: { editor: true },
    errors: {
      types: [ProviderNotFoundError, VersionConflictError, ProviderInUseError],
      union: { name: 'DeleteProviderResult', description: 'What was deleted, or why nothing was.' },
    },
    args: { input: t.arg({ type: DeleteProviderInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      deleteProvider(context.deps, context, toProviderRef(input.provider), toExpectedState(input), input.force ?? false),
    description:
      'Deletes a provider, its keys and its tests, and frees its name. One that model routes use needs `force`. Requires `editor`.',
  }),
}))
