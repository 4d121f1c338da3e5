import type { Role } from '../gateway.ts'
import {
  connection,
  create,
  createRoute,
  createToken,
  type Fixtures,
  mutation,
  nested,
  node,
  nodes,
  query,
  testDraft,
  underProvider,
  update,
  updateRoute,
  type Way,
} from './operations.ts'

const ofProvider = (page: string) => `query ($id: ID!) { provider(by: { id: $id }) { ${page} } }`
/** The time of a sum that has everything in it. */
export const EVER = 'from: "2026-01-01T00:00:00Z", until: "2100-01-01T00:00:00Z"'
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
  ...connection('ModelCallConnection', 'CALLER', (s) => `{ modelCalls ${s} }`, 'ModelCallEdge', 'ModelCall'),
  { name: 'who called', type: 'Actor', role: 'CALLER', at: query((s) => `{ modelCalls { nodes { caller ${s} } } }`) },
  { name: 'sums of usage', type: 'UsageSum', role: 'CALLER', at: query((s) => `{ usage(${EVER}, by: DAY) ${s} }`) },
  { name: 'tokens of a sum', type: 'TokenUsage', role: 'CALLER', at: query((s) => `{ usage(${EVER}, by: DAY) { usage ${s} } }`) },
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
      ['ModelCall', 'ADMIN', (f) => f.modelCall],
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
