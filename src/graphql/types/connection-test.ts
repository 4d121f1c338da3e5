import type { Database } from '../../database/client.ts'
import { Fault } from '../../errors.ts'
import type { ConnectionTest as ConnectionTestRow } from '../../generated/prisma-sqlite/client.ts'
import { ConnectionStatus as ConnectionStatusEnum } from '../../generated/prisma-sqlite/enums.ts'
import { MOST_MODELS, readModelNames } from '../../providers/model-lists.ts'
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
    modelCount: t.exposeInt('modelCount', { description: 'How many models the upstream listed for the credential; 0 when it lists none.' }),
    models: t.stringList({
      args: { first: t.arg.int({ required: true, defaultValue: MOST_MODELS, description: 'How many names at most; each costs a node.' }) },
      complexity: ({ first }) => Math.max(0, Math.min(first, MOST_MODELS)),
      resolve: async (test, { first }, { deps }) => {
        if (first < 0) throw new Fault('BAD_USER_INPUT', '`first` must not be negative.')
        return (await namesOf(test, deps.database)).slice(0, first)
      },
      description:
        'Names of the models the credential can see, at most 1,000. A stored test keeps them while it is the latest one of its provider or key, or of the latest good run; older tests keep only the count.',
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

/** A test that was made just now has its models with it. Prisma batches these reads, so a page costs one. */
async function namesOf(test: ConnectionTestRow, { prisma }: Pick<Database, 'prisma'>): Promise<readonly string[]> {
  if ('models' in test) return readModelNames(test.models)
  if (test.modelListId === null) return []
  const list = await prisma.modelList.findUnique({ where: { id: test.modelListId }, select: { names: true } })
  return list === null ? [] : readModelNames(list.names)
}
