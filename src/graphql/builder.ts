import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import ErrorsPlugin from '@pothos/plugin-errors'
import PrismaPlugin from '@pothos/plugin-prisma'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { hasRole } from '../auth/principal.ts'
import type { Secret } from '../crypto/secret.ts'
import { Fault } from '../errors.ts'
import type PrismaTypes from '../generated/pothos-types.ts'
import { getDatamodel } from '../generated/pothos-types.ts'
import type { GatewayContext } from './context.ts'
import { decodeId } from './global-id.ts'

export interface SchemaTypes {
  PrismaTypes: PrismaTypes
  Context: GatewayContext
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  AuthScopes: { caller: boolean; viewer: boolean; editor: boolean; admin: boolean }
  Scalars: {
    ID: { Input: string; Output: string | number }
    UUID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    Secret: { Input: Secret; Output: never }
    JSON: { Input: unknown; Output: unknown }
  }
}

/** The one schema builder. Authorization comes first in the list of plugins, so that nothing runs before it. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, ErrorsPlugin, ComplexityPlugin, RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    // Before the first event, not with it: who may not read it gets a refusal, not a silent stream.
    authorizeOnSubscribe: true,
    authScopes: ({ principal }) => ({
      caller: hasRole(principal, 'CALLER'),
      viewer: hasRole(principal, 'VIEWER'),
      editor: hasRole(principal, 'EDITOR'),
      admin: hasRole(principal, 'ADMIN'),
    }),
    unauthorizedError: () => new Fault('FORBIDDEN', 'Your token does not have the role that this needs.'),
  },
  errors: { directResult: true },
  complexity: {
    defaultComplexity: 0,
    defaultListMultiplier: 1,
    // `query-cost.ts` counts before anything is executed; a resolver could only fail its own field.
    disabled: true,
  },
  relay: {
    decodeGlobalID: decodeId,
    nodesOnConnection: { description: 'The nodes of the page, without their edges.' },
    edgesFieldOptions: { nullable: false, description: 'The nodes of the page, each with its cursor.' },
    nodeFieldOptions: { nullable: false, description: 'The node.' },
    cursorFieldOptions: { description: 'Send it back as `after` or `before`, to go on from this node.' },
    pageInfoTypeOptions: { description: 'The position of a page among the others.' },
    pageInfoFieldOptions: { description: 'The position of this page among the others.' },
    hasNextPageFieldOptions: { description: 'Whether nodes follow this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether nodes precede this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first node; `null` on an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last node; `null` on an empty page.' },
    firstArgOptions: {
      description: 'How many nodes from the start: at least 1; above 100 it is 100. 20 when neither this nor `last` is given.',
    },
    lastArgOptions: { description: 'How many nodes from the end: at least 1; above 100 it is 100. Not together with `first`.' },
    afterArgOptions: { description: 'Only nodes after this cursor.' },
    beforeArgOptions: { description: 'Only nodes before this cursor.' },
    idFieldOptions: { description: 'Its GraphQL id, the same for as long as it exists; `node` finds it again.' },
    nodeTypeOptions: { description: 'An object that `node` finds by its id.' },
    nodeQueryOptions: {
      resolve: async (_root, { id }, _context, _info, resolveNode) => withoutDeleted(await resolveNode(id)),
      args: { id: { description: 'Its GraphQL id.' } },
      description:
        'Any object by its id; `null` when there is none. Refused with `FORBIDDEN` when the role of the token may not see objects of its kind.',
    },
    nodesQueryOptions: {
      resolve: async (_root, { ids }, _context, _info, resolveNodes) =>
        (await resolveNodes(ids)).map(async (node) => withoutDeleted(await node)),
      args: { ids: { description: 'Their GraphQL ids.' } },
      complexity: ({ ids }) => ({ field: ids.length, multiplier: ids.length }),
      description: 'Several objects by their ids, in the same order; each costs as much as one `node`.',
    },
  },
  prisma: {
    client: (context) => context.deps.database.prisma,
    dmmf: getDatamodel(),
    filterConnectionTotalCount: true,
  },
})

/** A row stays when its provider is deleted; it is no node then. */
function withoutDeleted(node: unknown): unknown {
  const isDeleted = typeof node === 'object' && node !== null && 'deletedAt' in node && node.deletedAt !== null
  return isDeleted ? null : node
}

builder.queryType({
  authScopes: { viewer: true },
  description: 'Everything that can be read. Requires the role `viewer`, except for `viewer`, `usage` and `modelCalls`.',
})
builder.mutationType({
  authScopes: { viewer: true },
  description: 'Everything that can be changed. Each mutation says which role it requires.',
})
builder.subscriptionType({
  authScopes: { viewer: true },
  description: 'Everything that you can subscribe to, as server-sent events. Requires the role `viewer`.',
})
