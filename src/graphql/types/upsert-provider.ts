import { ApiKeysNotSupportedError, KeyRequiredForNewEndpointError, ProviderNotFoundError, ValidationError } from '../../errors.ts'
import { testAfterWrite } from '../../providers/test-after-write.ts'
import { type ProviderUpsert, type Upserted, upsertProvider } from '../../providers/upsert-provider.ts'
import { builder } from '../builder.ts'
import { NewApiKeyInput, toNewApiKey } from './api-key-inputs.ts'
import { toExtensions } from './extensions.ts'
import { given } from './given.ts'
import { NetworkConfigInput, toNetwork } from './network-inputs.ts'
import { ProviderType } from './provider.ts'
import { fieldsOfEveryWrite, ProviderSettingsInput, toRoute, toSettings } from './provider-inputs.ts'
import { providerOfPayload, unreadableSecretsOfPayload } from './provider-payload.ts'

const UpsertProviderInput = builder.inputType('UpsertProviderInput', {
  description:
    'Fields left out, or `null`, keep their stored value, or take the default of the vendor with this `name`. Without an endpoint the provider is a disabled placeholder of type OPENAI_COMPAT.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Which one: lowercase words joined by hyphens, e.g. `openai-eu`.' }),
    type: t.field({
      type: ProviderType,
      description:
        "The protocol of the upstream; immutable. When omitted the vendor's, by the name or by the host of the endpoint; else OPENAI_COMPAT.",
    }),
    baseUrl: t.string({
      description:
        'Absolute URL of the API. Empty takes the default again. A placeholder that gets an endpoint is enabled unless `enabled` says otherwise.',
    }),
    displayName: t.string({ description: 'Display name; empty restores the default.' }),
    icon: t.string({ description: 'URL or emoji; empty for none.' }),
    enabled: t.boolean({ description: 'Whether tools should use the provider; true for a new one with an endpoint.' }),
    settings: t.field({ type: ProviderSettingsInput, description: 'New settings in place of the stored ones.' }),
    network: t.field({ type: NetworkConfigInput, description: 'A new network configuration in place of the stored one.' }),
    apiKeys: t.field({ type: [NewApiKeyInput], description: 'The whole set of keys: all stored ones are deleted.' }),
    ...fieldsOfEveryWrite(t),
    onlyIfExists: t.boolean({ description: 'True creates nothing: `ProviderNotFoundError` when there is no provider of this name.' }),
  }),
})

const UpsertProviderPayload = builder.objectRef<Upserted>('UpsertProviderPayload').implement({
  description: 'The provider was created or changed.',
  authScopes: { viewer: true },
  fields: (t) => ({
    provider: providerOfPayload(t),
    unreadableSecrets: unreadableSecretsOfPayload(t),
    created: t.exposeBoolean('created', { description: 'Whether it was created; false when it was there and has been changed.' }),
  }),
})

function toUpsert(input: typeof UpsertProviderInput.$inferInput): ProviderUpsert {
  const { name } = input
  return {
    name,
    type: given(input.type),
    onlyIfExists: given(input.onlyIfExists),
    baseUrl: given(input.baseUrl),
    displayName: given(input.displayName),
    icon: given(input.icon),
    enabled: given(input.enabled),
    ...toRoute(input),
    settings: toSettings(input.settings),
    network: toNetwork(input.network),
    apiKeys: input.apiKeys?.map(toNewApiKey),
    ...toExtensions(input),
  }
}

builder.mutationField('upsertProvider', (t) =>
  t.field({
    type: UpsertProviderPayload,
    authScopes: { editor: true },
    errors: {
      types: [ValidationError, ProviderNotFoundError, ApiKeysNotSupportedError, KeyRequiredForNewEndpointError],
      union: { name: 'UpsertProviderResult', description: 'The provider created or changed, or why nothing was.' },
    },
    args: { input: t.arg({ type: UpsertProviderInput, required: true, description: 'The provider.' }) },
    resolve: async (_root, { input }, context) => {
      const upserted = await upsertProvider(context.deps, context, toUpsert(input))
      if (input.testAfterwards) await testAfterWrite(context.deps, context, upserted.id)
      else if (upserted.created) context.deps.newProviderTests.start(context, upserted.id)
      return upserted
    },
    description:
      'Creates by name, or changes what exists: safe to repeat and to run concurrently. `created` says which happened. A new one is tested as `createProvider` does. Requires `editor`.',
  }),
)
