import { BIFROST_COLUMNS, type BifrostKey, toBifrostKey } from '../../api-keys/bifrost-key.ts'
import { builder } from '../builder.ts'
import { ApiKey } from './api-key.ts'

type StoredSecret = BifrostKey['secrets'][number]

const BifrostKeySecret = builder.objectRef<StoredSecret>('BifrostKeySecret').implement({
  description: 'A sealed part of a vendor configuration. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Where it is, e.g. `azure_key_config.client_secret`.' }),
    masked: t.exposeString('masked', { description: "Safe to display, in Bifrost's form; an endpoint of Azure is shown as it is." }),
    environmentVariable: t.exposeString('environmentVariable', {
      nullable: true,
      description: 'Name of the environment variable that holds the value; `null` for one that is stored.',
    }),
  }),
})

const BifrostKeyType = builder.objectRef<BifrostKey>('BifrostKey').implement({
  description: 'What only Bifrost knows of a key. Requires the role `viewer`.',
  authScopes: { viewer: true },
  fields: (t) => ({
    settings: t.field({
      type: 'JSON',
      resolve: ({ settings }) => settings,
      description: "In the words of Bifrost's API: `models`, `blacklisted_models`, `aliases`, vendor configurations and others.",
    }),
    secrets: t.field({
      type: [BifrostKeySecret],
      resolve: ({ secrets }) => secrets,
      description: 'The secret parts of the vendor configurations. They can be written, never read.',
    }),
    maskedValue: t.exposeString('maskedValue', {
      nullable: true,
      description: "The mask of the key in Bifrost's form; `null` when the key was given elsewhere.",
    }),
  }),
})

builder.prismaObjectField(ApiKey, 'bifrost', (t) =>
  t.field({
    type: BifrostKeyType,
    nullable: true,
    select: BIFROST_COLUMNS,
    resolve: toBifrostKey,
    description: 'What only Bifrost knows of it; `null` when it was never written there.',
  }),
)
