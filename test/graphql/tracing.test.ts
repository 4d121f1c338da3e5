import { beforeAll, describe, expect, test } from 'vitest'
import { writerOf } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { type ReceivedSpan, startTraceCollector } from '../support/trace-collector.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-tracing-fixture-aaaa-bbbb-cccc'
const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const lines: string[] = []

const collector = useStarted(startTraceCollector)
const recorder = useStarted(() => startRecorder(KEY))
const gateway = useGateway(() => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  // The SDK reads its variables itself.
  Object.assign(process.env, environment, {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
  })
  return { environment: { ...environment, OUTBOUND_ALLOW: 'loopback' }, log: (line) => void lines.push(line) }
})
beforeAll(async () => {
  const writer = writerOf(gateway)
  const provider = await writer.created({
    name: 'traced-provider',
    baseUrl: `${recorder.origin}/base-path`,
    apiKeys: [{ credential: { value: KEY } }],
  })
  await gateway.graphql(
    'query NamedByTheClient($secret: String!) { provider(by: { name: $secret }) { name } }',
    { secret: 'a-variable-of-the-client' },
    gateway.adminToken,
    { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` },
  )
  await writer.test(provider.id)
  await gateway.fetch('/api/v2/ai/providers/traced-provider?q=a-query-of-a-url', {
    headers: { authorization: `Bearer ${gateway.adminToken}` },
  })
  await gateway.stop()
})

const named = (name: string): readonly ReceivedSpan[] => collector.spans.filter((span) => span.name === name)
const attributesOf = (span: ReceivedSpan | undefined) =>
  Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]))
const childrenOf = (parent: ReceivedSpan | undefined, name: string) =>
  named(name).filter(({ parentSpanId }) => parentSpanId === parent?.spanId)

describe('traces are sent to the collector that OTEL_* names, all of them before the gateway has stopped', () => {
  test("a request continues its caller's trace and holds its operation, by its name", () => {
    const request = named('POST graphql').find(({ traceId }) => traceId === CALLER.traceId)
    expect(request?.parentSpanId).toBe(CALLER.spanId)
    expect(attributesOf(request)).toEqual({ 'http.request.method': 'POST', 'http.route': 'graphql', 'http.response.status_code': 200 })
    const [operation] = childrenOf(request, 'GraphQL query')
    expect(attributesOf(operation)).toEqual({ 'graphql.operation.type': 'query', 'graphql.operation.name': 'NamedByTheClient' })
  })

  test('a connection test holds its calls to the upstream, and its transaction is beside it', () => {
    const [tested] = named('connection test')
    expect(attributesOf(tested)).toEqual({ 'gateway.provider.type': 'OPENAI', 'gateway.connection.status': 'OK' })
    const calls = childrenOf(tested, 'upstream call')
    expect(calls.length).toBeGreaterThan(0)
    expect(attributesOf(calls[0])).toEqual({
      'http.request.method': 'GET',
      'server.address': '127.0.0.1',
      'http.response.status_code': 200,
    })
    const transactions = named('database transaction').filter(({ traceId }) => traceId === tested?.traceId)
    expect(transactions.length).toBeGreaterThan(0)
    expect(attributesOf(transactions[0])).toEqual({ 'db.system.name': process.env.TEST_DATABASE })
  })

  test('a REST request is named by its route, and holds the operation that it became', () => {
    const [request] = named('GET coder.getProvider')
    expect(attributesOf(request)).toMatchObject({ 'http.route': 'coder.getProvider', 'http.response.status_code': 200 })
    expect(childrenOf(request, 'GraphQL query')).toHaveLength(1)
  })

  test('no secret, variable, query or path of a URL, name or token is in what was sent, nor anything of the machine', () => {
    const sent = collector.bodies.join('\n')
    const secrets = [
      KEY,
      gateway.adminToken,
      'a-variable-of-the-client',
      'a-query-of-a-url',
      'base-path',
      'traced-provider',
      gateway.folder,
    ]
    expect(secrets.filter((secret) => sent.includes(secret))).toEqual([])
    expect(sent).not.toMatch(/process\.(command|owner|pid)|host\.(name|id)/)
    expect(collector.resource()).toMatch(/"service.name".*"ai-provider-gateway"/)
    expect(collector.resource()).toContain('deployment.environment')
  })

  test('the line of a request in the log leads to its trace', () => {
    const traced = lines.map((line) => JSON.parse(line)).filter(({ traceId }) => traceId === CALLER.traceId)
    expect(traced).toContainEqual(
      expect.objectContaining({ msg: 'request', route: 'graphql', spanId: expect.stringMatching(/^[0-9a-f]{16}$/) }),
    )
  })

  test('upstreams are not told of the trace', () => {
    expect(JSON.stringify(recorder.requests)).not.toContain('traceparent')
  })
})

test('a collector that is away keeps no gateway from starting, answering or stopping', async () => {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:9'
  await gateway.restart({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  await gateway.ask('{ __typename }')
  await gateway.stop()
})
