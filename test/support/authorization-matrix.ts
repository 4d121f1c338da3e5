import type { Role } from './gateway.ts'

/** Ids that the ways of the matrix start from. */
export interface Fixtures {
  /** A provider with one key and one stored test of it. */
  readonly provider: string
  readonly apiKey: string
  readonly connectionTest: string
  readonly bedrock: string
  readonly copilot: string
  /** An upstream on loopback. */
  readonly upstream: string
  readonly auditEvent: string
  /** A token that no caller of the test presents. */
  readonly otherToken: string
  /** A model route whose target is the provider `routed`. */
  readonly modelRoute: string
  readonly routed: string
  /** Makes something that a mutation may use up; each call gives another one. */
  readonly disposableProvider: () => Promise<string>
  readonly disposableToken: () => Promise<string>
  readonly disposableRoute: () => Promise<string>
  readonly freeName: () => string
  readonly takenName: string
}

export interface Operation {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

/** One way to objects of a type: what asks for a selection of theirs, and the role that this needs. */
export interface Way {
  readonly name: string
  readonly type: string
  readonly role: Role
  readonly at: (selection: string, fixtures: Fixtures) => Operation | Promise<Operation>
}

const query =
  (document: (selection: string) => string, variables?: (fixtures: Fixtures) => Record<string, unknown>) =>
  (selection: string, fixtures: Fixtures): Operation => ({
    query: document(selection),
    ...(variables === undefined ? {} : { variables: variables(fixtures) }),
  })

const node = (type: string, id: (fixtures: Fixtures) => string) =>
  query(
    (selection) => `query ($id: ID!) { node(id: $id) { ... on ${type} ${selection} } }`,
    (fixtures) => ({ id: id(fixtures) }),
  )
const nodes = (type: string, id: (fixtures: Fixtures) => string) =>
  query(
    (selection) => `query ($id: ID!) { nodes(ids: [$id]) { ... on ${type} ${selection} } }`,
    (fixtures) => ({ id: id(fixtures) }),
  )
const underProvider = (document: (selection: string) => string, id: (fixtures: Fixtures) => string = ({ provider }) => provider) =>
  query(
    (selection) => `query ($id: ID!) { provider(by: { id: $id }) ${document(selection)} }`,
    (fixtures) => ({ id: id(fixtures) }),
  )

const mutation = (field: string, input: string, type: string) => (selection: string) =>
  `mutation ($input: ${input}!) { ${field}(input: $input) { ... on ${type} ${selection} } }`

const create = (type: string, input: (fixtures: Fixtures) => Record<string, unknown>) =>
  query(mutation('createProvider', 'CreateProviderInput', type), (fixtures) => ({
    input: { name: fixtures.freeName(), type: 'OPENAI', baseUrl: 'https://api.example.com/v1', ...input(fixtures) },
  }))
const update = (type: string, input: (fixtures: Fixtures) => Record<string, unknown>) =>
  query(mutation('updateProvider', 'UpdateProviderInput', type), (fixtures) => ({
    input: { provider: { id: fixtures.provider }, ...input(fixtures) },
  }))
const testDraft = (document: (selection: string) => string) =>
  query(
    (selection) => `mutation ($input: TestConnectionInput!) {
      testConnection(input: $input) { ... on TestConnectionPayload ${document(selection)} } }`,
    ({ upstream }) => ({ input: { draft: { type: 'OPENAI', baseUrl: upstream, apiKey: 'sk-any-key-for-a-draft' } } }),
  )
const createToken = (document: (selection: string) => string) =>
  query(
    (selection) =>
      `mutation { createAccessToken(input: { name: "made", role: VIEWER }) { ... on CreateAccessTokenPayload ${document(selection)} } }`,
  )

const createRoute = (type: string, name: (fixtures: Fixtures) => string) =>
  query(mutation('createModelRoute', 'CreateModelRouteInput', type), (fixtures) => ({
    input: { name: name(fixtures), targets: [{ provider: { id: fixtures.routed }, model: 'gpt-5' }] },
  }))
const updateRoute = (type: string, route: (fixtures: Fixtures) => Record<string, unknown>) =>
  query(mutation('updateModelRoute', 'UpdateModelRouteInput', type), (fixtures) => ({ input: { route: route(fixtures) } }))

const connection = (type: string, role: Role, open: (page: string) => string, edge: string, of: string): Way[] => [
  { name: `${type} itself`, type, role, at: query((selection) => open(selection)) },
  { name: `${edge} of it`, type: edge, role, at: query((selection) => open(`{ edges ${selection} }`)) },
  { name: `${of} in nodes of it`, type: of, role, at: query((selection) => open(`{ nodes ${selection} }`)) },
  { name: `${of} in edges of it`, type: of, role, at: query((selection) => open(`{ edges { node ${selection} } }`)) },
  { name: `PageInfo of ${type}`, type: 'PageInfo', role, at: query((selection) => open(`{ pageInfo ${selection} }`)) },
]
const nested = (ways: Way[]): Way[] =>
  ways.map((way) => ({
    ...way,
    at: async (selection, fixtures) => ({ ...(await way.at(selection, fixtures)), variables: { id: fixtures.provider } }),
  }))

const ofProvider = (page: string) => `query ($id: ID!) { provider(by: { id: $id }) { ${page} } }`
const UNKNOWN_KEY = Buffer.from('ApiKey:6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e').toString('base64')
const UNKNOWN_PROVIDER = { provider: { uuid: '6f0c1f6e-4f0e-4d4c-9f5e-0d1a2b3c4d5e' } }

/** The ways to every object type. A type without one fails the test: whoever adds a type decides here who may see it. */
export const WAYS: readonly Way[] = [
  ...connection('ProviderConnection', 'VIEWER', (s) => `{ providers ${s} }`, 'ProviderEdge', 'Provider'),
  ...nested(connection('ApiKeyConnection', 'VIEWER', (s) => ofProvider(`apiKeys ${s}`), 'ApiKeyEdge', 'ApiKey')),
  ...nested(
    connection(
      'ConnectionTestConnection',
      'VIEWER',
      (s) => ofProvider(`connectionTests(first: 1) ${s}`),
      'ConnectionTestEdge',
      'ConnectionTest',
    ),
  ),
  ...nested(connection('ModelConnection', 'VIEWER', (s) => ofProvider(`models ${s}`), 'ModelEdge', 'Model')),
  ...connection('AuditEventConnection', 'ADMIN', (s) => `{ auditEvents ${s} }`, 'AuditEventEdge', 'AuditEvent'),
  ...connection('AccessTokenConnection', 'ADMIN', (s) => `{ accessTokens ${s} }`, 'AccessTokenEdge', 'AccessToken'),
  ...connection('ModelRouteConnection', 'VIEWER', (s) => `{ modelRoutes ${s} }`, 'ModelRouteEdge', 'ModelRoute'),
  { name: 'a target', type: 'RouteTarget', role: 'VIEWER', at: query((s) => `{ modelRoutes { nodes { targets ${s} } } }`) },
  {
    name: 'the provider of a target',
    type: 'Provider',
    role: 'VIEWER',
    at: query((s) => `{ modelRoutes { nodes { targets { provider ${s} } } } }`),
  },
  {
    name: 'createModelRoute',
    type: 'CreateModelRoutePayload',
    role: 'EDITOR',
    at: createRoute('CreateModelRoutePayload', (f) => f.freeName()),
  },
  {
    name: 'a taken name of a route',
    type: 'ModelRouteNameTakenError',
    role: 'EDITOR',
    at: createRoute('ModelRouteNameTakenError', () => 'routed'),
  },
  {
    name: 'updateModelRoute',
    type: 'UpdateModelRoutePayload',
    role: 'EDITOR',
    at: updateRoute('UpdateModelRoutePayload', ({ modelRoute }) => ({ id: modelRoute })),
  },
  {
    name: 'an unknown route',
    type: 'ModelRouteNotFoundError',
    role: 'EDITOR',
    at: updateRoute('ModelRouteNotFoundError', () => ({ name: 'nobody' })),
  },
  {
    name: 'deleteModelRoute',
    type: 'DeleteModelRoutePayload',
    role: 'EDITOR',
    at: async (s, { disposableRoute }) => ({
      query: mutation('deleteModelRoute', 'DeleteModelRouteInput', 'DeleteModelRoutePayload')(s),
      variables: { input: { route: { id: await disposableRoute() } } },
    }),
  },
  {
    name: 'a provider that routes use',
    type: 'ProviderInUseError',
    role: 'EDITOR',
    at: query(mutation('deleteProvider', 'DeleteProviderInput', 'ProviderInUseError'), ({ routed }) => ({
      input: { provider: { id: routed } },
    })),
  },
  { name: 'who did it', type: 'Actor', role: 'ADMIN', at: query((s) => `{ auditEvents(first: 100) { nodes { actor ${s} } } }`) },
  {
    name: 'the token that did it',
    type: 'AccessToken',
    role: 'ADMIN',
    at: query((s) => `{ auditEvents(first: 100) { nodes { actor { token ${s} } } } }`),
  },
  {
    name: 'what an event is about',
    type: 'AuditSubject',
    role: 'ADMIN',
    at: query((s) => `{ auditEvents(first: 100) { nodes { subject ${s} } } }`),
  },
  { name: 'provider', type: 'Provider', role: 'VIEWER', at: underProvider((s) => s) },
  { name: 'the provider of a key', type: 'Provider', role: 'VIEWER', at: underProvider((s) => `{ apiKeys { nodes { provider ${s} } } }`) },
  { name: 'the provider of a draft test', type: 'Provider', role: 'EDITOR', at: testDraft((s) => `{ provider ${s} }`) },
  { name: 'the key of a test', type: 'ApiKey', role: 'VIEWER', at: underProvider((s) => `{ connectionTests { nodes { apiKey ${s} } } }`) },
  { name: 'the latest test', type: 'ConnectionTest', role: 'VIEWER', at: underProvider((s) => `{ lastConnectionTest ${s} }`) },
  { name: 'the test of a draft', type: 'ConnectionTest', role: 'EDITOR', at: testDraft((s) => `{ tests ${s} }`) },
  {
    name: 'settings',
    type: 'BedrockSettings',
    role: 'VIEWER',
    at: underProvider(
      (s) => `{ settings { ... on BedrockSettings ${s} } }`,
      (f) => f.bedrock,
    ),
  },
  {
    name: 'a part of a credential',
    type: 'CredentialPart',
    role: 'VIEWER',
    at: underProvider((s) => `{ apiKeys { nodes { credentialParts ${s} } } }`),
  },
  {
    name: 'the availability of a key',
    type: 'KeyAvailability',
    role: 'VIEWER',
    at: underProvider((s) => `{ apiKeys { nodes { availability ${s} } } }`),
  },
  {
    name: 'a key that is reset',
    type: 'ApiKey',
    role: 'EDITOR',
    at: (s, { apiKey }) => ({
      query: mutation('resetKeyAvailability', 'ResetKeyAvailabilityInput', 'ResetKeyAvailabilityPayload')(`{ apiKey ${s} }`),
      variables: { input: { id: apiKey } },
    }),
  },
  {
    name: 'resetKeyAvailability',
    type: 'ResetKeyAvailabilityPayload',
    role: 'EDITOR',
    at: (s, { apiKey }) => ({
      query: mutation('resetKeyAvailability', 'ResetKeyAvailabilityInput', 'ResetKeyAvailabilityPayload')(s),
      variables: { input: { id: apiKey } },
    }),
  },
  { name: 'providersByOffset', type: 'ProviderOffsetPage', role: 'VIEWER', at: query((s) => `{ providersByOffset ${s} }`) },
  {
    name: 'upsertProvider',
    type: 'UpsertProviderPayload',
    role: 'EDITOR',
    at: query(mutation('upsertProvider', 'UpsertProviderInput', 'UpsertProviderPayload'), ({ freeName }) => ({
      input: { name: freeName() },
    })),
  },
  { name: 'providerTypes', type: 'ProviderTypeInfo', role: 'VIEWER', at: query((s) => `{ providerTypes ${s} }`) },
  { name: 'the vendors of a type', type: 'VendorPreset', role: 'VIEWER', at: query((s) => `{ providerTypes { presets ${s} } }`) },
  { name: 'network', type: 'NetworkConfig', role: 'VIEWER', at: underProvider((s) => `{ network ${s} }`) },
  { name: 'an extra header', type: 'Header', role: 'VIEWER', at: underProvider((s) => `{ network { extraHeaders ${s} } }`) },
  { name: 'a proxy', type: 'ProxyConfig', role: 'VIEWER', at: underProvider((s) => `{ network { proxy ${s} } }`) },
  {
    name: 'a warning',
    type: 'ProviderWarning',
    role: 'VIEWER',
    at: underProvider(
      (s) => `{ warnings ${s} }`,
      (f) => f.copilot,
    ),
  },
  { name: 'viewer', type: 'Viewer', role: 'CALLER', at: query((s) => `{ viewer ${s} }`) },
  { name: 'the own calls', type: 'CallScope', role: 'CALLER', at: query((s) => `{ viewer { calls ${s} } }`) },
  { name: 'the calls of the own token', type: 'CallScope', role: 'CALLER', at: query((s) => `{ viewer { token { calls ${s} } } }`) },
  { name: 'the own token', type: 'AccessToken', role: 'CALLER', at: query((s) => `{ viewer { token ${s} } }`) },
  { name: 'the person who asks', type: 'Person', role: 'CALLER', at: query((s) => `{ viewer { person ${s} } }`) },
  { name: 'a new token', type: 'AccessToken', role: 'ADMIN', at: createToken((s) => `{ token ${s} }`) },
  {
    name: 'a revoked token',
    type: 'AccessToken',
    role: 'ADMIN',
    at: async (s, { disposableToken }) => ({
      query: mutation('revokeAccessToken', 'RevokeAccessTokenInput', 'RevokeAccessTokenPayload')(`{ token ${s} }`),
      variables: { input: { id: await disposableToken() } },
    }),
  },
  {
    name: 'a changed token',
    type: 'AccessToken',
    role: 'ADMIN',
    at: async (s, { disposableToken }) => ({
      query: mutation('updateAccessToken', 'UpdateAccessTokenInput', 'UpdateAccessTokenPayload')(`{ token ${s} }`),
      variables: { input: { id: await disposableToken(), name: 'changed' } },
    }),
  },
  {
    name: 'updateAccessToken',
    type: 'UpdateAccessTokenPayload',
    role: 'ADMIN',
    at: async (s, { disposableToken }) => ({
      query: mutation('updateAccessToken', 'UpdateAccessTokenInput', 'UpdateAccessTokenPayload')(s),
      variables: { input: { id: await disposableToken(), calls: {} } },
    }),
  },
  {
    name: 'revokeAccessToken',
    type: 'RevokeAccessTokenPayload',
    role: 'ADMIN',
    at: async (s, { disposableToken }) => ({
      query: mutation('revokeAccessToken', 'RevokeAccessTokenInput', 'RevokeAccessTokenPayload')(s),
      variables: { input: { id: await disposableToken() } },
    }),
  },
  ...(
    [
      ['Provider', 'VIEWER', (f) => f.provider],
      ['ApiKey', 'VIEWER', (f) => f.apiKey],
      ['ConnectionTest', 'VIEWER', (f) => f.connectionTest],
      ['ModelRoute', 'VIEWER', (f) => f.modelRoute],
      ['AccessToken', 'ADMIN', (f) => f.otherToken],
      ['AuditEvent', 'ADMIN', (f) => f.auditEvent],
    ] satisfies [string, Role, (fixtures: Fixtures) => string][]
  ).flatMap(([type, role, id]): Way[] => [
    { name: 'node', type, role, at: node(type, id) },
    { name: 'nodes', type, role, at: nodes(type, id) },
  ]),
  { name: 'createAccessToken', type: 'CreateAccessTokenPayload', role: 'ADMIN', at: createToken((s) => s) },
  { name: 'createProvider', type: 'CreateProviderPayload', role: 'EDITOR', at: create('CreateProviderPayload', () => ({})) },
  { name: 'updateProvider', type: 'UpdateProviderPayload', role: 'EDITOR', at: update('UpdateProviderPayload', () => ({ enabled: true })) },
  { name: 'testConnection', type: 'TestConnectionPayload', role: 'EDITOR', at: testDraft((s) => s) },
  {
    name: 'deleteProvider',
    type: 'DeleteProviderPayload',
    role: 'EDITOR',
    at: async (s, { disposableProvider }) => ({
      query: mutation('deleteProvider', 'DeleteProviderInput', 'DeleteProviderPayload')(s),
      variables: { input: { provider: { id: await disposableProvider() } } },
    }),
  },
  { name: 'a broken rule', type: 'ValidationError', role: 'EDITOR', at: create('ValidationError', () => ({ name: 'Not A Name' })) },
  {
    name: 'checkProvider',
    type: 'ValidationIssue',
    role: 'EDITOR',
    at: query(
      (s) => `query ($input: CreateProviderInput!) { checkProvider(input: $input) ${s} }`,
      () => ({ input: { name: 'Not A Name', type: 'OPENAI', baseUrl: 'https://api.example.com' } }),
    ),
  },
  {
    name: 'issues of a token',
    type: 'ValidationIssue',
    role: 'ADMIN',
    at: query((s) => `mutation { createAccessToken(input: { name: "", role: VIEWER }) { ... on ValidationError { issues ${s} } } }`),
  },
  {
    name: 'a taken name',
    type: 'ProviderNameTakenError',
    role: 'EDITOR',
    at: create('ProviderNameTakenError', (f) => ({ name: f.takenName })),
  },
  {
    name: 'an unknown provider',
    type: 'ProviderNotFoundError',
    role: 'EDITOR',
    at: update('ProviderNotFoundError', () => UNKNOWN_PROVIDER),
  },
  {
    name: 'an unknown key',
    type: 'ApiKeyNotFoundError',
    role: 'EDITOR',
    at: update('ApiKeyNotFoundError', () => ({ apiKeys: [{ keep: { id: UNKNOWN_KEY } }] })),
  },
  {
    name: 'keys where none are',
    type: 'ApiKeysNotSupportedError',
    role: 'EDITOR',
    at: update('ApiKeysNotSupportedError', (f) => ({
      provider: { id: f.copilot },
      apiKeys: [{ add: { credential: { value: 'sk-for-a-copilot' } } }],
    })),
  },
  {
    name: 'another version',
    type: 'VersionConflictError',
    role: 'EDITOR',
    at: update('VersionConflictError', () => ({ expectedVersion: 99_999 })),
  },
  // Only editors are refused so; an admin's change of the same kind is accepted.
  {
    name: 'another endpoint',
    type: 'KeyRequiredForNewEndpointError',
    role: 'EDITOR',
    at: async (s, { disposableProvider }) => ({
      query: mutation('updateProvider', 'UpdateProviderInput', 'KeyRequiredForNewEndpointError')(s),
      variables: { input: { provider: { id: await disposableProvider() }, baseUrl: 'https://elsewhere.example.com' } },
    }),
  },
]

/** The role that each root field needs. A field that is missing here fails the test. */
export const ROOT_FIELDS: Readonly<Record<string, { readonly role: Role; readonly at: Way['at'] }>> = {
  'Query.accessTokens': { role: 'ADMIN', at: query(() => '{ accessTokens { totalCount } }') },
  'Query.auditEvents': { role: 'ADMIN', at: query(() => '{ auditEvents { totalCount } }') },
  'Query.checkProvider': {
    role: 'EDITOR',
    at: query(() => '{ checkProvider(input: { name: "a", type: OPENAI, baseUrl: "https://a.example" }) { rule } }'),
  },
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
