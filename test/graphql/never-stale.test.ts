/**
 * Random programs of writes, through every API and from other processes, and of reads by several roles: each read of a gateway
 * with its cache on must equal that of one without, over the same database. A sample by default; `npm run test:soak` runs 10,000.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLong, sized, tell } from '../soak/figures.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { type Recorder, startRecorder } from '../support/recorder.ts'
import { testDatabaseKind } from '../support/test-database.ts'

const RUNS = sized(10_000, 25)
const KEY = 'sk-never-stale-0123456789'

/** The gateway whose answers are judged, one without a cache, and one in another process. */
const SERVERS = ['cached', 'plain', 'other'] as const
type Server = (typeof SERVERS)[number]
type Role = 'VIEWER' | 'EDITOR' | 'ADMIN'

let cached: TestGateway
let plain: TestGateway
let other: GatewayProcess
let recorder: Recorder
const folder = temporaryFolder()
/** Two tokens of each role, so that one's answers could be taken for the other's. */
const tokens: { role: Role; value: string; id: string }[] = []

beforeAll(async () => {
  recorder = await startRecorder(KEY)
  // More revoked tokens come from one address than a gateway would put up with.
  const settings = { OUTBOUND_ALLOW: 'loopback', LOGIN_FAILURES_PER_MINUTE: '0' }
  cached = await startTestGateway({ environment: { ...settings, CACHE_MAX_BYTES: '300000' } })
  const environment = { ...settings, ...cached.shared, ADMIN_TOKEN: cached.adminToken }
  plain = await startTestGateway({ environment: { ...environment, CACHE_MAX_BYTES: '0' } })
  other = await startedProcess(folder.path, { ...environment, CACHE_MAX_BYTES: '0' })
  for (const role of ['VIEWER', 'VIEWER', 'EDITOR', 'EDITOR', 'ADMIN', 'ADMIN'] as const)
    tokens.push({ role, ...(await cached.createToken(role)) })
}, 60_000)
afterAll(async () => {
  await other?.stop()
  await plain?.close()
  await cached?.close()
  await recorder?.close()
  folder.remove()
})

const urlOf = (server: Server) => ({ cached: cached.url, plain: plain.url, other: other.url })[server]

interface Sent {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

async function send(server: Server, { method, path, body }: Sent, token: string): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${urlOf(server)}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

const graphql = (query: string, variables: object = {}): Sent => ({ method: 'POST', path: '/graphql', body: { query, variables } })
const get = (path: string): Sent => ({ method: 'GET', path })

const nameOf = fc.constantFrom('one', 'two', 'three', 'four')

const FIELDS = `id name displayName icon baseUrl enabled version network { timeoutMs } dialectSettings { bifrost ziri }
  apiKeys(first: 5) { totalCount nodes { id masked lastConnectionTest { status } } } lastConnectionTest { status }
  connectionTests(first: 2) { totalCount nodes { status models } } models(first: 5) { nodes { name } }`
const read: fc.Arbitrary<Sent> = fc.oneof(
  fc.constantFrom(
    graphql(`{ providers(first: 20) { totalCount nodes { ${FIELDS} } } }`),
    graphql(
      'query Of($field: ProviderOrderField!) { providers(first: 5, orderBy: { field: $field, direction: DESC }) { nodes { name } } }',
      {
        field: 'UPDATED_AT',
      },
    ),
    graphql('{ providersByOffset(limit: 3, filter: { enabled: true }) { totalCount nodes { name icon } } }'),
    graphql('{ viewer { id name role } }'),
    graphql('{ accessTokens(first: 100) { totalCount nodes { id name revokedAt } } }'),
    graphql('{ __typename }'),
    get(`/graphql?query=${encodeURIComponent('{ providers(first: 3) { nodes { name version } } }')}`),
    get('/api/v2/ai/providers'),
    get('/bifrost/api/providers'),
    get('/bifrost/api/models'),
    get('/respan/api/providers/'),
    get('/ziri/api/providers/'),
  ),
  nameOf.chain((name) =>
    fc.constantFrom(
      graphql(`query ($name: String!) { provider(by: { name: $name }) { ${FIELDS} } }`, { name }),
      get(`/api/v2/ai/providers/${name}`),
      get(`/bifrost/api/providers/${name}`),
      get(`/respan/api/providers/${name}/`),
      get(`/ziri/api/providers/${name}`),
    ),
  ),
)

/** A write as an admin; many fail by their rules, which is as good a test. */
const write: fc.Arbitrary<Sent> = fc
  .tuple(nameOf, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 }))
  .chain(([name, text]) => {
    const baseUrl = recorder.origin
    const input = { name, type: 'OPENAI', baseUrl, displayName: text, apiKeys: [{ value: KEY }] }
    return fc.constantFrom<Sent>(
      graphql('mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', { input }),
      graphql('mutation ($input: UpsertProviderInput!) { upsertProvider(input: $input) { __typename } }', { input }),
      graphql('mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename } }', {
        input: { provider: { name }, icon: text, enabled: text.length > 1, network: { timeoutMs: 1_000 * text.length } },
      }),
      graphql('mutation ($input: DeleteProviderInput!) { deleteProvider(input: $input) { __typename } }', {
        input: { provider: { name } },
      }),
      graphql('mutation ($input: TestConnectionInput!) { testConnection(input: $input) { __typename } }', {
        input: { saved: { provider: { name } } },
      }),
      graphql('mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { __typename } }', {
        input: { name: text, role: 'VIEWER' },
      }),
      {
        method: 'POST',
        path: '/api/v2/ai/providers',
        body: { name, type: 'openai', base_url: baseUrl, display_name: text, api_keys: [KEY] },
      },
      { method: 'PATCH', path: `/api/v2/ai/providers/${name}`, body: { display_name: text } },
      { method: 'DELETE', path: `/api/v2/ai/providers/${name}` },
      {
        method: 'POST',
        path: '/bifrost/api/providers',
        body: { provider: name, custom_provider_config: { base_provider_type: 'openai' }, network_config: { base_url: baseUrl } },
      },
      { method: 'POST', path: `/bifrost/api/providers/${name}/keys`, body: { name: text, value: KEY, models: ['*'], weight: 1 } },
      { method: 'DELETE', path: `/bifrost/api/providers/${name}` },
      { method: 'POST', path: '/ziri/api/providers', body: { name, apiKey: KEY, metadata: { baseUrl, displayName: text } } },
      { method: 'PATCH', path: `/respan/api/providers/${name}/`, body: { provider_name: text } },
    )
  })
type Step =
  | { readonly kind: 'writes'; readonly at: readonly { server: Server; sent: Sent }[]; readonly beside: readonly Sent[] }
  | { readonly kind: 'revoke'; readonly server: Server; readonly sent: Sent }
const server = fc.constantFrom(...SERVERS)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('writes' as const),
      at: fc.array(fc.record({ server, sent: write }), { maxLength: 3 }),
      beside: fc.array(read, { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), server, sent: read }) },
)
const program = fc.array(fc.record({ step, reads: fc.array(fc.record({ sent: read, who: fc.nat(5) }), { minLength: 1, maxLength: 3 }) }), {
  minLength: 1,
  maxLength: 3,
})

/** The request id differs by design. */
const stable = (text: string) => text.replace(/(under request |"requestId":")[0-9a-f-]{36}/g, '$1')

async function expectSame(sent: Sent, who: number): Promise<void> {
  const { value = '', role } = tokens[who] ?? {}
  const expected = await send('plain', sent, value)
  const answered = await send('cached', sent, value)
  expect({ role, sent, status: answered.status, text: stable(answered.text) }).toEqual({
    role,
    sent,
    status: expected.status,
    text: stable(expected.text),
  })
}

/** A token works, is remembered with its answer, and is refused from its revocation on, at whichever server that was. */
async function revokeOne(at: Server, sent: Sent): Promise<void> {
  const { id, value } = await cached.createToken('VIEWER')
  expect((await send('cached', sent, value)).status).not.toBe(401)
  expect((await send('cached', sent, value)).status).not.toBe(401)
  const revoked = await send(at, graphql('mutation ($id: ID!) { revokeAccessToken(id: $id) { id } }', { id }), cached.adminToken)
  expect(revoked.text).toContain(id)
  expect((await send('cached', sent, value)).status).toBe(401)
}

describe('a gateway that answers from memory', () => {
  test(
    `answers every read as one without memory does, in ${RUNS} random interleavings`,
    async () => {
      let reads = 0
      const run = async (steps: readonly { step: Step; reads: readonly { sent: Sent; who: number }[] }[]) => {
        for (const { step: one, reads: asked } of steps) {
          if (one.kind === 'revoke') await revokeOne(one.server, one.sent)
          else
            await Promise.all([
              ...one.at.map((each) => send(each.server, each.sent, cached.adminToken)),
              // These meet the writes halfway: whatever they leave in memory must not be wrong afterwards.
              ...one.beside.map((sent) => send('cached', sent, cached.adminToken)),
            ])
          for (const { sent, who } of asked) await expectSame(sent, who)
          reads += asked.length
        }
      }
      await fc.assert(fc.asyncProperty(program, run), { numRuns: RUNS, endOnFailure: true })
      tell(`answers from memory on ${testDatabaseKind}`, { interleavings: RUNS, readsCompared: reads, stale: 0 })
    },
    isLong ? 3_600_000 : 60_000,
  )
})
