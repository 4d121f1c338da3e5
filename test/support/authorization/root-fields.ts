import type { Role } from '../gateway.ts'
import { create, query, type Way } from './operations.ts'
import { EVER } from './ways.ts'

/** The role that each root field needs. A field that is missing here fails the test. */
export const ROOT_FIELDS: Readonly<Record<string, { readonly role: Role; readonly at: Way['at'] }>> = {
  'Query.accessTokens': { role: 'ADMIN', at: query(() => '{ accessTokens { totalCount } }') },
  'Query.apiKeys': { role: 'VIEWER', at: query(() => '{ apiKeys { totalCount } }') },
  'Query.auditEvents': { role: 'ADMIN', at: query(() => '{ auditEvents { totalCount } }') },
  'Query.checkProvider': {
    role: 'EDITOR',
    at: query(() => '{ checkProvider(input: { name: "a", type: OPENAI, baseUrl: "https://a.example" }) { rule } }'),
  },
  'Query.modelCalls': { role: 'CALLER', at: query(() => '{ modelCalls { totalCount } }') },
  'Query.modelRoute': { role: 'VIEWER', at: query(() => '{ modelRoute(by: { name: "nobody" }) { id } }') },
  'Query.modelRoutes': { role: 'VIEWER', at: query(() => '{ modelRoutes { totalCount } }') },
  'Query.node': {
    role: 'VIEWER',
    at: (_selection, { provider }) => ({ query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: provider } }),
  },
  'Query.nodes': {
    role: 'VIEWER',
    at: (_selection, { provider }) => ({ query: 'query ($id: ID!) { nodes(ids: [$id]) { id } }', variables: { id: provider } }),
  },
  'Query.provider': { role: 'VIEWER', at: query(() => '{ provider(by: { name: "nobody" }) { id } }') },
  'Query.providers': { role: 'VIEWER', at: query(() => '{ providers { totalCount } }') },
  'Query.providersByOffset': { role: 'VIEWER', at: query(() => '{ providersByOffset { totalCount } }') },
  'Query.providerTypes': { role: 'VIEWER', at: query(() => '{ providerTypes { type } }') },
  'Query.usage': { role: 'CALLER', at: query(() => `{ usage(${EVER}, by: MODEL) { calls } }`) },
  'Query.viewer': { role: 'CALLER', at: query(() => '{ viewer { role } }') },
  'Mutation.createAccessToken': {
    role: 'ADMIN',
    at: query(() => 'mutation { createAccessToken(input: { name: "", role: VIEWER }) { __typename } }'),
  },
  'Mutation.createProvider': { role: 'EDITOR', at: create('ValidationError', () => ({ name: '' })) },
  'Mutation.createModelRoute': {
    role: 'EDITOR',
    at: query(() => 'mutation { createModelRoute(input: { name: "", targets: [] }) { __typename } }'),
  },
  'Mutation.deleteModelRoute': {
    role: 'EDITOR',
    at: query(() => 'mutation { deleteModelRoute(input: { route: { name: "nobody" } }) { __typename } }'),
  },
  'Mutation.updateModelRoute': {
    role: 'EDITOR',
    at: query(() => 'mutation { updateModelRoute(input: { route: { name: "nobody" } }) { __typename } }'),
  },
  'Mutation.deleteProvider': {
    role: 'EDITOR',
    at: query(() => 'mutation { deleteProvider(input: { provider: { name: "nobody" } }) { __typename } }'),
  },
  'Mutation.resetKeyAvailability': {
    role: 'EDITOR',
    at: query(() => 'mutation { resetKeyAvailability(input: { id: "none" }) { __typename } }'),
  },
  'Mutation.revokeAccessToken': {
    role: 'ADMIN',
    at: query(() => 'mutation { revokeAccessToken(input: { id: "none" }) { __typename } }'),
  },
  'Mutation.testConnection': {
    role: 'EDITOR',
    at: query(() => 'mutation { testConnection(input: { saved: { provider: { name: "nobody" } } }) { __typename } }'),
  },
  'Mutation.updateAccessToken': {
    role: 'ADMIN',
    at: query(() => 'mutation { updateAccessToken(input: { id: "none", calls: null }) { __typename } }'),
  },
  'Mutation.updateProvider': {
    role: 'EDITOR',
    at: query(() => 'mutation { updateProvider(input: { provider: { name: "nobody" } }) { __typename } }'),
  },
  'Mutation.upsertProvider': { role: 'EDITOR', at: query(() => 'mutation { upsertProvider(input: { name: "" }) { __typename } }') },
}
