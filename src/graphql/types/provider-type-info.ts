import { type ProviderTypeInfo as Info, type VendorPreset as Preset, presetsOf, providerTypes } from '../../providers/provider-types.ts'
import { builder } from '../builder.ts'
import { ProviderType } from './provider.ts'

const VendorPreset = builder.objectRef<Preset>('VendorPreset').implement({
  description:
    'A vendor that the gateway knows by name. A provider that is created with this name is tested in the way that this vendor needs.',
  authScopes: { viewer: true },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name to give the provider.' }),
    displayName: t.exposeString('displayName', { description: 'What people call the vendor.' }),
    defaultBaseUrl: t.exposeString('defaultBaseUrl', {
      description: "The vendor's endpoint, or where its server listens when people run it themselves.",
    }),
  }),
})

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
    presets: t.field({
      type: [VendorPreset],
      resolve: ({ type }) => [...presetsOf(type)],
      description: 'The vendors of this type that the gateway knows by name; none for a type that is one vendor.',
    }),
    documentationUrl: t.exposeString('documentationUrl', { description: "The vendor's documentation." }),
  }),
})

builder.queryField('providerTypes', (t) =>
  t.field({
    type: [ProviderTypeInfo],
    authScopes: { viewer: true },
    resolve: () => [...providerTypes()],
    description: 'The types the gateway knows: default endpoint, whether keys apply, vendors known by name.',
  }),
)
