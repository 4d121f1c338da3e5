/** What the property test of answers from memory makes its programs of: reads of every kind, and writes over every channel. */
import fc from 'fast-check'

/** A request, without its token. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A change, by the way that it takes. */
export type Write =
  | { readonly channel: 'http'; readonly sent: Sent }
  /** `gateway apply`, with the text of the file. */
  | { readonly channel: 'apply'; readonly file: string; readonly prune: boolean }
  /** `gateway keys rotate`, to one of the two keys that every gateway here has. */
  | { readonly channel: 'rotate'; readonly toSecond: boolean }
  /** A statement at a terminal of the database. */
  | { readonly channel: 'hand'; readonly statement: string }

export const graphql = (query: string, variables: object = {}): Sent => ({ method: 'POST', path: '/graphql', body: { query, variables } })
const get = (path: string): Sent => ({ method: 'GET', path })
const inUrl = (query: string, variables: object): Sent =>
  get(`/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify(variables))}`)
const GRAPHQL_RESPONSE = { accept: 'application/graphql-response+json' }

const nameOf = fc.constantFrom('one', 'two', 'three', 'four')
const textOf = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 })

const FIELDS = `id name displayName icon baseUrl enabled version network { timeoutMs } extensions
  apiKeys(first: 5) { totalCount nodes { id masked environmentVariable lastConnectionTest { status } } } lastConnectionTest { status }
  connectionTests(first: 2) { totalCount nodes { status models } } models(first: 5) { nodes { name } }`
const ORDERED = 'query ($order: ProviderOrder!) { providers(first: 5, orderBy: $order) { nodes { name } } }'
const NAMED = 'query ($name: String!) { provider(by: { name: $name }) { name displayName version } }'

/** Reads that every role may ask for; some are refused to some, and some are about who asks. */
export const read: fc.Arbitrary<Sent> = fc.oneof(
  fc.constantFrom(
    graphql(`{ providers(first: 20) { totalCount nodes { ${FIELDS} } } }`),
    graphql(ORDERED, { order: { field: 'UPDATED_AT', direction: 'DESC' } }),
    graphql('{ providersByOffset(limit: 3, filter: { enabled: true }) { totalCount nodes { name icon } } }'),
    graphql('{ viewer { role token { id name } } }'),
    graphql('{ viewer { token { id } } providers(first: 2) { nodes { name } } }'),
    graphql('{ accessTokens(first: 100) { totalCount nodes { id name revokedAt } } }'),
    graphql('{ auditEvents(first: 5) { totalCount nodes { action channel subject { id name } changes } } }'),
    graphql('{ providerTypes { type presets { name } } }'),
    graphql('{ __typename }'),
    graphql('{ __type(name: "Provider") { fields { name } } }'),
    graphql('{ nonsense }'),
    { ...graphql('{ providers(first: 3) { nodes { name } } nonsense }'), headers: GRAPHQL_RESPONSE },
    { ...graphql('{ providers(first: 3) { nodes { name version } } }'), headers: GRAPHQL_RESPONSE },
    inUrl('{ providers(first: 3) { nodes { name version } } }', {}),
    { method: 'HEAD', path: '/api/v2/ai/providers' },
    get('/api/v2/ai/providers'),
    get('/bifrost/api/providers'),
    get('/bifrost/api/keys'),
    get('/bifrost/api/models'),
    get('/bifrost/api/models?limit=1'),
    get('/respan/api/providers/'),
    get('/ziri/api/providers/'),
    get('/ziri/api/openapi.json'),
  ),
  nameOf.chain((name) =>
    fc.constantFrom(
      graphql(`query ($name: String!) { provider(by: { name: $name }) { ${FIELDS} } }`, { name }),
      inUrl(NAMED, { name }),
      get(`/api/v2/ai/providers/${name}`),
      get(`/bifrost/api/providers/${name}`),
      get(`/bifrost/api/providers/${name}/keys`),
      get(`/respan/api/providers/${name}/`),
      get(`/ziri/api/providers/${name}`),
    ),
  ),
)

/** Each is by hand, and raises the version, and the revision that PostgreSQL has in place of a count of commits. */
const byHand = (name: string, text: string) =>
  `UPDATE providers SET icon = '${text} by hand', version = version + 1 WHERE name = '${name}' AND deleted_at IS NULL`

const providersFile = (name: string, baseUrl: string, text: string) =>
  JSON.stringify({
    providers: [{ name, type: 'OPENAI', baseUrl, displayName: text, apiKeys: [{ valueFrom: { env: 'KEY_OF_THE_FILE' } }] }],
  })

/**
 * Writes as an admin; many fail by their rules, which is as good a test.
 * @param baseUrl An upstream that takes the key.
 */
export function writesTo(baseUrl: string, key: string): fc.Arbitrary<Write> {
  const named = fc.tuple(nameOf, textOf)
  const of = (make: (name: string, text: string) => readonly Sent[]) =>
    named.chain(([name, text]) => fc.constantFrom(...make(name, text).map((sent) => ({ channel: 'http' as const, sent }))))
  return fc.oneof(
    { weight: 8, arbitrary: of((name, text) => graphqlWrites(name, text, baseUrl, key)) },
    { weight: 8, arbitrary: of((name, text) => restWrites(name, text, baseUrl, key)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(named, fc.boolean())
        .map(([[name, text], prune]) => ({ channel: 'apply' as const, file: providersFile(name, baseUrl, text), prune })),
    },
    { weight: 1, arbitrary: fc.boolean().map((toSecond) => ({ channel: 'rotate' as const, toSecond })) },
    { weight: 1, arbitrary: named.map(([name, text]) => ({ channel: 'hand' as const, statement: byHand(name, text) })) },
  )
}

/** One change over each channel, all of which succeed on an empty database. */
export function everyChannel(baseUrl: string, key: string): Write[] {
  const http = (sent: Sent | undefined): Write[] => (sent === undefined ? [] : [{ channel: 'http', sent }])
  const creating = (name: string, path: string) =>
    http(restWrites(name, 'a', baseUrl, key).find((sent) => sent.method === 'POST' && sent.path === path))
  return [
    ...creating('one', '/api/v2/ai/providers'),
    ...creating('two', '/bifrost/api/providers'),
    ...creating('three', '/ziri/api/providers'),
    ...creating('four', '/respan/api/providers/'),
    ...http(graphqlWrites('one', 'b', baseUrl, key)[2]),
    { channel: 'apply', file: providersFile('one', baseUrl, 'c'), prune: false },
    { channel: 'rotate', toSecond: true },
    { channel: 'hand', statement: byHand('three', 'a') },
  ]
}

function graphqlWrites(name: string, text: string, baseUrl: string, key: string): Sent[] {
  const input = { name, type: 'OPENAI', baseUrl, displayName: text, apiKeys: [{ credential: { value: key } }] }
  const provider = { name }
  const mutation = (field: string, type: string, value: object) =>
    graphql(`mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`, { input: value })
  return [
    mutation('createProvider', 'CreateProviderInput', input),
    mutation('upsertProvider', 'UpsertProviderInput', input),
    mutation('updateProvider', 'UpdateProviderInput', {
      ...{ provider, icon: text, enabled: text.length > 1, network: { timeoutMs: 1_000 * text.length } },
    }),
    mutation('updateProvider', 'UpdateProviderInput', { provider, apiKeys: [{ add: { credential: { value: key }, name: text } }] }),
    mutation('deleteProvider', 'DeleteProviderInput', { provider }),
    mutation('testConnection', 'TestConnectionInput', { saved: { provider } }),
    mutation('createAccessToken', 'CreateAccessTokenInput', { name: text, role: 'VIEWER' }),
  ]
}

function restWrites(name: string, text: string, baseUrl: string, key: string): Sent[] {
  const coder = { name, type: 'openai', base_url: baseUrl, display_name: text, api_keys: [key] }
  const bifrost = { provider: name, custom_provider_config: { base_provider_type: 'openai' }, network_config: { base_url: baseUrl } }
  return [
    { method: 'POST', path: '/api/v2/ai/providers', body: coder },
    { method: 'PATCH', path: `/api/v2/ai/providers/${name}`, body: { display_name: text } },
    { method: 'POST', path: `/api/v2/ai/providers/${name}/test` },
    { method: 'DELETE', path: `/api/v2/ai/providers/${name}` },
    { method: 'POST', path: '/bifrost/api/providers', body: bifrost },
    {
      method: 'PUT',
      path: `/bifrost/api/providers/${name}`,
      body: { ...bifrost, concurrency_and_buffer_size: { concurrency: 1, buffer_size: 9 } },
    },
    { method: 'POST', path: `/bifrost/api/providers/${name}/keys`, body: { name: text, value: key, models: ['*'], weight: 1 } },
    { method: 'POST', path: `/bifrost/api/providers/${name}/refresh-models` },
    { method: 'DELETE', path: `/bifrost/api/providers/${name}` },
    { method: 'POST', path: '/ziri/api/providers', body: { name, apiKey: key, metadata: { baseUrl, displayName: text } } },
    { method: 'PUT', path: `/ziri/api/providers/${name}`, body: { displayName: text } },
    { method: 'DELETE', path: `/ziri/api/providers/${name}` },
    {
      method: 'POST',
      path: '/respan/api/providers/',
      body: { provider_id: name, provider_name: text, api_key: key, extra_kwargs: { base_url: baseUrl } },
    },
    { method: 'PATCH', path: `/respan/api/providers/${name}/`, body: { provider_name: text } },
    { method: 'DELETE', path: `/respan/api/providers/${name}/` },
  ]
}
