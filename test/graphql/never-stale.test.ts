/**
 * Random programs of writes, over every channel and from other processes, and of reads by several roles: each read of a gateway
 * with its cache on must equal that of one without, over the same database. A sample by default; with `SOAK=long`, as in
 * `npm run test:soak`, 10,000 programs.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { openDatabase } from '../../src/database/client.ts'
import { isLong, sized, tell } from '../soak/figures.ts'
import { runCommand } from '../support/command-line.ts'
import type { Role } from '../support/gateway.ts'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { everyChannel, graphql, read, type Sent, type Write, writesTo } from '../support/interleavings.ts'
import { startRecorder } from '../support/recorder.ts'
import { testDatabaseKind } from '../support/test-database.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const RUNS = sized(10_000, 25)
const KEY = 'sk-never-stale-0123456789'
const ENCRYPTION_KEYS = [generateKeyText(), generateKeyText()]

/** The gateway whose answers are judged, one without a cache, and one in another process. */
const SERVERS = ['cached', 'plain', 'other'] as const
type Server = (typeof SERVERS)[number]

let changedByHand = 0
const folder = temporaryFolder()
/** Two tokens of each role, so that one's answers could be taken for the other's. */
const tokens: { role: Role; value: string; id: string }[] = []

const recorder = useStarted(() => startRecorder(KEY))
// More revoked tokens come from one address than a gateway would put up with.
const own = { OUTBOUND_ALLOW: 'loopback', LOGIN_FAILURES_PER_MINUTE: '0', ENCRYPTION_KEYS: ENCRYPTION_KEYS.join() }
const cached = useGateway({ environment: { ...own, CACHE_MAX_BYTES: '300000' } })
const environment = () => ({ ...cached.shared, ...own, ADMIN_TOKEN: cached.adminToken, CACHE_MAX_BYTES: '0' })
const plain = useGateway(() => ({ environment: environment() }))
const other = useStarted(() => startedProcess(folder.path, environment()))
const terminal = useStarted(() => openDatabase(cached.databaseUrl))
beforeAll(async () => {
  for (const role of ['VIEWER', 'VIEWER', 'EDITOR', 'EDITOR', 'ADMIN', 'ADMIN'] as const)
    tokens.push({ role, ...(await cached.createToken(role)) })
})
afterAll(() => folder.remove())

const urlOf = (server: Server) => ({ cached: cached.url, plain: plain.url, other: other.url })[server]

interface Got {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

async function send(server: Server, { method, path, body, headers }: Sent, token: string, held: Record<string, string> = {}): Promise<Got> {
  const all = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers, ...held }
  const response = await fetch(`${urlOf(server)}${path}`, {
    method,
    headers: all,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text(), headers: Object.fromEntries(response.headers) }
}

async function write(server: Server, given: Write): Promise<void> {
  if (given.channel === 'http') await send(server, given.sent, cached.adminToken)
  else if (given.channel === 'apply') {
    const settings = { environment: { ...environment(), KEY_OF_THE_FILE: KEY }, input: given.file }
    await runCommand(['apply', '-f', '-', ...(given.prune ? ['--prune'] : [])], settings)
  } else if (given.channel === 'rotate') {
    const keys = given.toSecond ? [...ENCRYPTION_KEYS].reverse() : ENCRYPTION_KEYS
    await runCommand(['keys', 'rotate'], { environment: { ...environment(), ENCRYPTION_KEYS: keys.join() } })
  } else changedByHand += await terminal.write((transaction) => transaction.$executeRawUnsafe(given.statement))
}

type Step =
  | { readonly kind: 'writes'; readonly at: readonly { server: Server; write: Write }[]; readonly beside: readonly Sent[] }
  | { readonly kind: 'revoke'; readonly server: Server; readonly sent: Sent }
interface Asked {
  readonly sent: Sent
  readonly who: number
}
type Program = readonly { readonly step: Step; readonly reads: readonly Asked[] }[]

function programs(): fc.Arbitrary<Program> {
  const server = fc.constantFrom(...SERVERS)
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('writes' as const),
        at: fc.array(fc.record({ server, write: writesTo(recorder.origin, KEY) }), { maxLength: 3 }),
        beside: fc.array(read, { maxLength: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), server, sent: read }) },
  )
  const reads = fc.array(fc.record({ sent: read, who: fc.nat(5) }), { minLength: 1, maxLength: 3 })
  return fc.array(fc.record({ step, reads }), { minLength: 1, maxLength: 3 })
}

/** What chance may leave out of a small sample. */
function overEveryChannel(): Program {
  const sent = graphql('{ providers(first: 20) { nodes { name displayName icon version apiKeys(first: 5) { nodes { masked } } } } }')
  return everyChannel(recorder.origin, KEY).map((given) => ({
    step: { kind: 'writes', at: [{ server: 'other', write: given }], beside: [sent] },
    reads: [{ sent, who: 0 }],
  }))
}

/** What differs by design: the request id, and the second. */
function stable({ status, text, headers: { date: _date, 'x-request-id': _id, ...headers } }: Got): Got {
  return { status, text: text.replace(/(under request |"requestId":")[0-9a-f-]{36}/g, '$1'), headers }
}

/** The latest answer of each request by each token that had a tag. */
const held = new Map<string, { readonly etag: string; readonly text: string }>()

/** Also to a client that names the answer it holds: it may go on with that one only while it is the right one. */
async function expectSame({ sent, who }: Asked): Promise<void> {
  const { value = '', role } = tokens[who] ?? {}
  const expected = stable(await send('plain', sent, value))
  const answered = stable(await send('cached', sent, value))
  expect({ role, sent, ...answered }).toEqual({ role, sent, ...expected })
  const key = JSON.stringify([sent, who])
  const before = held.get(key)
  if (sent.method === 'GET' && before !== undefined) {
    const again = await send('cached', sent, value, { 'if-none-match': before.etag })
    expect({ role, sent, text: again.status === 304 ? before.text : stable(again).text }).toEqual({ role, sent, text: expected.text })
  }
  const { etag } = answered.headers
  if (etag !== undefined) held.set(key, { etag, text: answered.text })
}

/** A token works, is remembered with its answer, and is refused from its revocation on, at whichever server that was. */
async function revokeOne(at: Server, sent: Sent): Promise<void> {
  const { id, value } = await cached.createToken('VIEWER')
  expect((await send('cached', sent, value)).status).not.toBe(401)
  expect((await send('cached', sent, value)).status).not.toBe(401)
  const revoked = await send(
    at,
    graphql('mutation ($id: ID!) { revokeAccessToken(input: { id: $id }) { ... on RevokeAccessTokenPayload { token { id } } } }', {
      id,
    }),
    cached.adminToken,
  )
  expect(revoked.text).toContain(id)
  expect((await send('cached', sent, value)).status).toBe(401)
}

async function run(program: Program): Promise<number> {
  for (const { step, reads } of program) {
    if (step.kind === 'revoke') await revokeOne(step.server, step.sent)
    else
      await Promise.all([
        ...step.at.map((each) => write(each.server, each.write)),
        // These meet the writes halfway: whatever they leave in memory must not be wrong afterwards.
        ...step.beside.map((sent) => send('cached', sent, cached.adminToken)),
      ])
    for (const asked of reads) await expectSame(asked)
  }
  return program.reduce((sum, { reads }) => sum + reads.length, 0)
}

describe('a gateway that answers from memory', () => {
  test(
    `answers every read as one without memory does, in ${RUNS} random interleavings`,
    async () => {
      let reads = 0
      const property = fc.asyncProperty(programs(), async (program) => {
        reads += await run(program)
      })
      await fc.assert(property, { numRuns: RUNS, endOnFailure: true, examples: [[overEveryChannel()]] })
      tell(`answers from memory on ${testDatabaseKind}`, { interleavings: RUNS, readsCompared: reads, stale: 0 })
    },
    isLong ? 7_200_000 : 60_000,
  )

  test('was tried with changes that do something, over every channel', async () => {
    const events = await terminal.prisma.auditEvent.findMany({ distinct: ['channel', 'action'] })
    const done = events.map(({ channel, action }) => `${channel} ${action}`)
    const creators = ['bifrost', 'coder', 'respan', 'ziri'].map((channel) => `${channel} provider.created`)
    const others = ['cli provider.updated', 'cli encryption_key.rotated', 'graphql provider.updated']
    expect(done).toEqual(expect.arrayContaining([...creators, ...others]))
    expect(changedByHand).toBeGreaterThan(0)
  })
})
