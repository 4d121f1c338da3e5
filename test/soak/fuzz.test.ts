import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { getNamedType, isCompositeType, isObjectType } from 'graphql'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.ts'
import { rootMounts } from '../../src/rest/mounts.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { writerOf } from '../support/providers.ts'
import { latencyOf } from './load-client.ts'
import { isLong, tell } from './run-load.ts'

const REQUESTS = isLong ? 100_000 : 1_500
const AT_ONCE = 50
/** Kept, so that what fails once fails again. */
const SEED = 20_261_121

let gateway: TestGateway
const tokens: (string | null)[] = [null, 'gw_wrong', '\u00ff']
const agent = new Agent({ connections: AT_ONCE })
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { LOGIN_FAILURES_PER_MINUTE: '0', ROOT_DIALECT: 'bifrost' } })
  for (const role of ['VIEWER', 'EDITOR', 'ADMIN'] as const) tokens.push(await gateway.token(role))
  await writerOf(gateway).created({ name: 'openai', apiKeys: [{ value: 'sk-fuzz-fixture-0123456789' }] })
})
afterAll(async () => {
  await agent.close()
  await gateway.close()
})

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | null
  readonly token: number
}

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'openai', '__proto__', '\u0000', '💥'.repeat(20), '%00', '../..'),
)
const segment = oddText.map(encodeURIComponent)
const names = [
  'name',
  'type',
  'base_url',
  'baseUrl',
  'api_keys',
  'apiKey',
  'keys',
  'enabled',
  'settings',
  'provider',
  'provider_id',
  'metadata',
]
const oddJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...names), fc.oneof(oddText, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 8 }),
)
const body = fc.oneof(
  { weight: 4, arbitrary: oddJson.map((value) => JSON.stringify(value)) },
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('', '{', '[]', 'null', '{"a":'.repeat(60), `{"name":"${'x'.repeat(5_000)}"}`),
)
const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'content-type',
    'content-encoding',
    'if-match',
    'if-none-match',
    'x-forwarded-for',
    'coder-session-token',
    'origin',
  ),
  fc.oneof(
    fc.constantFrom('application/json', 'text/html', 'gzip', '*', '"1"', 'W/"x"', 'a/b;q=2'),
    fc.string({ maxLength: 30 }).filter((text) => /^[\x21-\x7e]*$/.test(text)),
  ),
  { maxKeys: 3 },
)
/** Mostly one that gets in, so that most requests come as far as they can. */
const token = fc.oneof({ weight: 1, arbitrary: fc.integer({ min: 0, max: 2 }) }, { weight: 6, arbitrary: fc.integer({ min: 3, max: 5 }) })

const routes = rootMounts('bifrost').flatMap(({ dialect, prefix }) =>
  dialect.routes.map(({ method, path }) => ({ method, path: prefix + path })),
)
const rest: fc.Arbitrary<Sent> = fc
  .record({
    route: fc.constantFrom(...routes),
    method: fc.option(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'), { freq: 4 }),
    segment,
    query: oddText,
    headers,
    body,
    token,
  })
  .map(({ route, method, segment: part, query, headers: given, body: sent, token: who }) => ({
    method: method ?? route.method,
    path: `${route.path.replace(/:\w+/g, part || 'openai')}?${encodeURIComponent(query)}`,
    headers: { 'content-type': 'application/json', ...given },
    body: ['GET', 'HEAD'].includes(method ?? route.method) ? null : sent,
    token: who,
  }))

/** A selection that fits the schema but for its arguments, some levels deep. */
function selectionOf(typeName: string, depth: number, choose: () => number): string {
  const type = schema.getType(typeName)
  if (!isObjectType(type) || depth === 0) return '__typename'
  const fields = Object.values(type.getFields())
  return Array.from({ length: 1 + Math.floor(choose() * 3) }, () => {
    const field = fields[Math.floor(choose() * fields.length)]
    if (field === undefined) return '__typename'
    const inner = getNamedType(field.type)
    const given = field.args.length > 0 && choose() < 0.5 ? `(${field.args[Math.floor(choose() * field.args.length)]?.name}: $odd)` : ''
    return `${field.name}${given}${isCompositeType(inner) ? ` { ${selectionOf(inner.name, depth - 1, choose)} }` : ''}`
  }).join(' ')
}
const document = fc
  .record({
    chances: fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
    kind: fc.constantFrom('Query', 'Mutation'),
    cut: fc.nat({ max: 400 }),
    isCut: fc.boolean(),
  })
  .map(({ chances, kind, cut, isCut }) => {
    const choose = () => chances.next().value ?? 0
    const type = ['ID', 'String', 'Int', 'CreateProviderInput', 'ProviderRef'][Math.floor(choose() * 5)]
    const text = `${kind.toLowerCase()} Fuzz($odd: ${type}) { ${selectionOf(kind, 5, choose)} }`
    return isCut ? text.slice(0, cut) : text
  })
const graphql: fc.Arbitrary<Sent> = fc
  .record({ query: fc.oneof({ weight: 5, arbitrary: document }, oddText), odd: oddJson, raw: fc.option(body, { freq: 6 }), headers, token })
  .map(({ query, odd, raw, headers: given, token: who }) => ({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', ...given },
    body: raw ?? JSON.stringify({ query, variables: { odd } }),
    token: who,
  }))
const malformed = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes))

interface Seen {
  readonly times: number[]
  readonly statuses: Record<number, number>
}

/** What is wrong with the answer; null when nothing is. */
async function faultOf({ method, path, headers: given, body: sent, token: who }: Sent, seen: Seen): Promise<string | null> {
  const bearer = tokens[who]
  const authorization = bearer == null ? {} : { authorization: `Bearer ${bearer}` }
  const started = performance.now()
  try {
    const answer = await request(new URL(path, gateway.url), {
      method,
      headers: { ...given, ...authorization },
      body: sent,
      dispatcher: agent,
    })
    await answer.body.dump()
    seen.times.push(performance.now() - started)
    seen.statuses[answer.statusCode] = (seen.statuses[answer.statusCode] ?? 0) + 1
    if (answer.statusCode >= 500) return `status ${answer.statusCode}`
    return answer.headers['x-content-type-options'] === 'nosniff' && answer.headers['x-request-id'] ? null : 'no security headers'
  } catch (error) {
    // What this client refuses to send is no fault of the server's.
    return error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG' ? null : String(error)
  }
}

test(`${REQUESTS} odd requests, ${AT_ONCE} at a time: none gets a 5xx or goes without an answer`, async () => {
  const seen: Seen = { times: [], statuses: {} }
  const faults: unknown[] = []
  const samples = fc.sample(fc.oneof(rest, graphql), { numRuns: REQUESTS, seed: SEED })
  const queue = samples.values()
  const worker = async () => {
    for (const sample of queue) {
      const fault = await faultOf(sample, seen)
      if (fault !== null) faults.push({ fault, sample })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  tell('fuzz', { requests: REQUESTS, statuses: seen.statuses, ...latencyOf(seen.times) })
  expect(faults.slice(0, 3)).toEqual([])
  expect((await gateway.fetch('/readyz')).status).toBe(200)
})

test('bytes that are no HTTP are refused, or the connection ends, and the next request is answered', async () => {
  const { hostname, port } = new URL(gateway.url)
  for (const bytes of fc.sample(malformed, { numRuns: isLong ? 5_000 : 200, seed: SEED })) {
    const socket = connect(Number(port), hostname)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.end(Buffer.concat([bytes, Buffer.from('\r\n\r\n')]))
    await once(socket, 'close')
    if (text !== '') expect(text).toMatch(/^HTTP\/1\.1 4\d\d (.|\r|\n)*x-content-type-options: nosniff/)
  }
  expect((await gateway.fetch('/healthz')).status).toBe(200)
})
