import type { ProviderTypeInfo as Info } from '../../providers/provider-types.ts'
import { providerTypes } from '../../providers/provider-types.ts'
import { builder } from '../builder.ts'
import { ProviderType } from './provider.ts'

const ProviderTypeInfo = builder.objectRef<Info>('ProviderTypeInfo').implement({
  description: 'What the gateway knows about a type of provider.',
  authScopes: { viewer: true },
  fields: (t) => ({
    type: t.expose('type', { type: ProviderType, description: 'The type.' }),
    displayName: t.exposeString('displayName', { description: 'What people call it.' }),
    defaultBaseUrl: t.exposeString('defaultBaseUrl', {
      nullable: true,
      description: "The vendor's own endpoint; `null` when every customer has another one.",
    }),
    acceptsApiKeys: t.exposeBoolean('acceptsApiKeys', { description: 'Whether providers of the type have stored API keys.' }),
    documentationUrl: t.exposeString('documentationUrl', { description: "The vendor's documentation." }),
  }),
})

builder.queryField('providerTypes', (t) =>
  t.field({
    type: [ProviderTypeInfo],
    authScopes: { viewer: true },
    resolve: () => [...providerTypes()],
    description: 'The types the gateway knows: default endpoint, whether keys apply.',
  }),
)
