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
import { LIMITS } from './limits.ts'

export interface SchemaTypes {
  PrismaTypes: PrismaTypes
  Context: GatewayContext
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  AuthScopes: { viewer: boolean; editor: boolean; admin: boolean }
  Scalars: {
    ID: { Input: string; Output: string | number }
    UUID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    Secret: { Input: Secret; Output: never }
  }
}

/** The one schema builder. Authorization comes first in the list of plugins, so that nothing runs before it. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, ErrorsPlugin, ComplexityPlugin, RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: ({ principal }) => ({
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
    // The operations of the REST dialects are our own, and answer with whole lists where their contracts do.
    limit: ({ channel }) => (channel === 'graphql' ? { depth: LIMITS.depth, breadth: LIMITS.breadth, complexity: LIMITS.nodes } : {}),
    complexityError: (kind, { depth, breadth, complexity }) =>
      new Fault(
        'QUERY_TOO_COMPLEX',
        `The query is too large (${kind.toLowerCase()}): depth ${depth} of ${LIMITS.depth}, fields ${breadth} of ${LIMITS.breadth}, nodes ${complexity} of ${LIMITS.nodes}. Ask for smaller pages or fewer fields.`,
      ),
  },
  relay: {
    nodesOnConnection: { description: 'The nodes of the page, without their edges.' },
    edgesFieldOptions: { nullable: false, description: 'The nodes of the page, each with its cursor.' },
    nodeFieldOptions: { nullable: false, description: 'The node.' },
    cursorFieldOptions: { description: 'Send it back as `after` or `before`, to go on from this node.' },
    pageInfoTypeOptions: { description: 'Where a page stands among the others.' },
    nodeTypeOptions: { description: 'An object that `node` finds by its id.' },
    nodeQueryOptions: { description: 'Any object by its id; `null` when there is none, or when the token may not see it.' },
    nodesQueryOptions: {
      complexity: ({ ids }) => ids.length,
      description: 'Many objects by their ids, in their order; each costs what one costs.',
    },
  },
  prisma: {
    client: (context) => context.deps.database.prisma,
    dmmf: getDatamodel(),
    filterConnectionTotalCount: true,
    onUnusedQuery: process.env.NODE_ENV === 'production' ? null : 'error',
  },
})

builder.queryType({ authScopes: { viewer: true } })
builder.mutationType({ authScopes: { viewer: true } })
