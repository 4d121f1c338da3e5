import { ConnectionStatus as ConnectionStatusEnum } from '../../generated/prisma-sqlite/enums.ts'
import { readModels } from '../../providers/connection-test-store.ts'
import { builder } from '../builder.ts'
import { CONNECTION_STATUS_VALUES } from '../enum-values.ts'
import { ApiKey } from './api-key.ts'

export const ConnectionStatus = builder.enumType(ConnectionStatusEnum, {
  name: 'ConnectionStatus',
  description: 'How a connection test ended. Expect new values.',
  values: CONNECTION_STATUS_VALUES,
})

export const ConnectionTest = builder.prismaNode('ConnectionTest', {
  id: { field: 'id' },
  nullable: true,
  authScopes: { viewer: true },
  description: 'One real call to the upstream, and what it proved. The test of a draft is not stored. Requires the role `viewer`.',
  fields: (t) => ({
    status: t.expose('status', { type: ConnectionStatus, description: 'The outcome.' }),
    message: t.exposeString('message', { description: "The outcome in the gateway's own words, with the next step." }),
    httpStatus: t.exposeInt('httpStatus', { nullable: true, description: "The upstream's HTTP status; `null` when it gave none." }),
    keyVerified: t.exposeBoolean('keyVerified', {
      description: 'False when the upstream answers the same to any key, or needs none: reachable, but the key is not proven.',
    }),
    durationMs: t.exposeInt('durationMs', { description: 'How long the test took, in milliseconds.' }),
    models: t.stringList({
      resolve: ({ models }) => readModels(models),
      description: 'Models the credential can see, when the upstream lists them.',
    }),
    // Not a relation, and no selection: the test of a draft has no row to load them from. Prisma batches these reads, so a page costs one.
    apiKey: t.prismaField({
      type: ApiKey,
      nullable: true,
      resolve: (query, { apiKeyId }, _args, { deps }) =>
        apiKeyId === null ? null : deps.database.prisma.apiKey.findUnique({ ...query, where: { id: apiKeyId } }),
      description: 'The stored key it was made with; `null` for a draft, for a provider without keys, or when the key is gone.',
    }),
    testedAt: t.expose('testedAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
})
