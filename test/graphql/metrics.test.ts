import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { SETTINGS } from '../../src/config.ts'
import { codeBlocks } from '../support/documents.ts'
import { readMetrics, sampleOf } from '../support/metrics.ts'
import { writerOf } from '../support/providers.ts'
import { startRecorder } from '../support/recorder.ts'
import { subscribe } from '../support/subscription.ts'
import { useGateway } from '../support/use.ts'
import { useStarted } from '../support/use-started.ts'

const KEY = 'sk-metrics-fixture-aaaa-bbbb-cccc'
const TOKEN = 'a-metrics-token-of-more-than-32-characters'

const gateway = useGateway({ environment: { OUTBOUND_ALLOW: 'loopback', METRICS_PORT: '0' } })
const recorder = useStarted(() => startRecorder(KEY))

const read = () => readMetrics(gateway.started.metricsUrl ?? '')

describe('/metrics counts', () => {
  test('requests by the name of the route, the method and the status, with their time in seconds', async () => {
    await gateway.fetch('/coder-of-nobody')
    await gateway.fetch('/api/v2/ai/providers/one-that-is-missing', { headers: { authorization: `Bearer ${gateway.adminToken}` } })
    await gateway.fetch('/api/v2/ai/providers/another', { headers: { authorization: `Bearer ${gateway.adminToken}` } })
    const text = await read()
    expect(sampleOf(text, 'gateway_http_requests_total', { route: 'unknown', method: 'GET', status: '404' })).toBe(1)
    expect(sampleOf(text, 'gateway_http_requests_total', { route: 'coder.getProvider', method: 'GET', status: '404' })).toBe(2)
    expect(sampleOf(text, 'gateway_http_request_duration_seconds_count', { route: 'coder.getProvider', method: 'GET' })).toBe(2)
    expect(sampleOf(text, 'gateway_http_request_duration_seconds_sum', { route: 'coder.getProvider', method: 'GET' })).toBeLessThan(60)
    expect(sampleOf(text, 'gateway_http_requests_in_flight')).toBe(0)
  })

  test('what connection tests found', async () => {
    const writer = writerOf(gateway)
    const good = await writer.created({
      baseUrl: recorder.origin,
      apiKeys: [{ credential: { value: KEY } }, { credential: { value: 'sk-metrics-fixture-that-is-refused' } }],
    })
    await writer.test(good.id)
    const text = await read()
    expect(sampleOf(text, 'gateway_connection_tests_total', { status: 'OK' })).toBe(1)
    expect(sampleOf(text, 'gateway_connection_tests_total', { status: 'UNAUTHORIZED' })).toBe(1)
    expect(sampleOf(text, 'gateway_connection_test_duration_seconds_count')).toBe(2)
  })

  test('committed writes, and the connections of a pool where there is one', async () => {
    const before = sampleOf(await read(), 'gateway_database_writes_total') ?? 0
    await writerOf(gateway).created({})
    const text = await read()
    expect(sampleOf(text, 'gateway_database_writes_total')).toBeGreaterThan(before)
    expect(sampleOf(text, 'gateway_database_failures_total')).toBe(0)
    const pooled = process.env.TEST_DATABASE === 'postgresql'
    expect((sampleOf(text, 'gateway_database_pool_connections', { state: 'idle' }) ?? 0) > 0).toBe(pooled)
    expect(sampleOf(text, 'gateway_database_pool_waiting')).toBe(pooled ? 0 : undefined)
  })

  test('answers from memory', async () => {
    const query = '{ providers(first: 3) { nodes { name } } }'
    const before = sampleOf(await read(), 'gateway_cache_hits_total') ?? 0
    await gateway.ask(query)
    for (let round = 0; round < 20; round += 1) await gateway.ask(query)
    const text = await read()
    if (process.env.CACHE_MAX_BYTES === '0') return
    expect(sampleOf(text, 'gateway_cache_hits_total')).toBeGreaterThan(before)
    expect(sampleOf(text, 'gateway_cache_bytes')).toBeGreaterThan(0)
  })

  test('open subscriptions, and how old the view of the change feed is', async () => {
    const subscription = await subscribe(gateway, 'subscription { providerChanged { action } }')
    expect(sampleOf(await read(), 'gateway_subscriptions')).toBe(1)
    subscription.leave()
    await expect.poll(async () => sampleOf(await read(), 'gateway_subscriptions')).toBe(0)
    // By a name of its own: how long a client listens says nothing of how fast answers are.
    const streams = { route: 'graphql.stream', method: 'POST', status: '200' }
    await expect.poll(async () => sampleOf(await read(), 'gateway_http_requests_total', streams)).toBe(1)
    expect(sampleOf(await read(), 'gateway_change_feed_age_seconds')).toBeLessThan(10)
  })

  test('the event loop and the process', async () => {
    const text = await read()
    expect(sampleOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
    expect(sampleOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
  })
})

test('no label and no help text tells a name, an id, an address or a secret, and hostile paths and methods add no labels', async () => {
  const before = (await read()).split('\n').length
  for (let index = 0; index < 50; index += 1) {
    await gateway.fetch(`/hostile-path-${index}?token=hostile-query`, { method: 'PROPFIND' })
    await gateway.fetch(`/api/hostile-path-${index}/x`, { method: 'DELETE' })
  }
  const text = await read()
  expect(text.split('\n').length - before).toBeLessThan(60)
  for (const secret of [KEY, gateway.adminToken, 'hostile', 'PROPFIND', new URL(recorder.origin).host]) expect(text).not.toContain(secret)
  const { providers } = await gateway.ask<{ providers: { nodes: { id: string; name: string }[] } }>(
    '{ providers(first: 50) { nodes { id name } } }',
  )
  for (const { id, name } of providers.nodes) expect([text.includes(id), text.includes(`"${name}"`)]).toEqual([false, false])
})

test('every line is in the text format of Prometheus', async () => {
  for (const line of (await read()).trim().split('\n'))
    expect(line).toMatch(
      /^(# (HELP|TYPE) [a-z_0-9]+ .+|[a-z_0-9]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? (-?[\d.e+-]+|Na[nN]|\+Inf)|)$/,
    )
})

describe('where /metrics is', () => {
  test('at a port of its own: there alone, and nothing else there', async () => {
    expect((await gateway.fetch('/metrics')).status).toBe(404)
    expect((await fetch(new URL('/graphql', gateway.started.metricsUrl ?? ''))).status).toBe(404)
    const answers = [await fetch(gateway.started.metricsUrl ?? ''), await fetch(gateway.started.metricsUrl ?? '', { method: 'POST' })]
    expect(answers.map(({ status }) => status)).toEqual([200, 405])
    for (const { headers } of answers)
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      })
  })

  test('no connection test may reach its port', async () => {
    const writer = writerOf(gateway)
    const origin = new URL(gateway.started.metricsUrl ?? '').origin
    await expect(writer.created({ baseUrl: origin, apiKeys: [{ credential: { value: KEY } }] })).rejects.toThrow('URL_NOT_ALLOWED')
  })

  test('nowhere by default', async () => {
    await gateway.restart({ METRICS_PORT: '' })
    expect(gateway.started.metricsUrl).toBeNull()
    expect((await gateway.fetch('/metrics')).status).toBe(404)
  })

  test('at the main port with a token, which opens nothing else and no access token opens', async () => {
    await gateway.restart({ METRICS_PORT: '', METRICS_TOKEN: TOKEN })
    const asked = (token: string) => gateway.fetch('/metrics', { headers: { authorization: `Bearer ${token}` } })
    expect((await gateway.fetch('/metrics')).status).toBe(401)
    for (const token of [gateway.adminToken, `${TOKEN}x`, TOKEN.slice(1)]) expect((await asked(token)).status).toBe(401)
    expect((await asked(TOKEN)).status).toBe(200)
    expect((await gateway.graphql('{ __typename }', {}, TOKEN)).status).toBe(401)
  })

  test('with both, the own port asks for the token', async () => {
    await gateway.restart({ METRICS_PORT: '0', METRICS_TOKEN: TOKEN })
    const url = gateway.started.metricsUrl ?? ''
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200)
  })
})

/** The names of metrics in expressions of PromQL. */
const metricsIn = (text: string): string[] => [...new Set(text.match(/\b(gateway|nodejs|process)_[a-z0-9_]+/g) ?? [])]

/** Whose samples exist on PostgreSQL alone. */
const POOL = /^gateway_database_pool_/

async function knownNames(): Promise<(name: string) => boolean> {
  const response = await fetch(gateway.started.metricsUrl ?? '', { headers: { authorization: `Bearer ${TOKEN}` } })
  const text = await response.text()
  const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  return (name) =>
    names.has(name) ||
    names.has(name.replace(/_(bucket|sum|count)$/, '')) ||
    (POOL.test(name) && process.env.TEST_DATABASE !== 'postgresql')
}

const dashboard = z.object({
  title: z.string().min(1),
  uid: z.string().max(40),
  schemaVersion: z.number().min(36),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(
    z.object({ id: z.number(), title: z.string(), type: z.string(), targets: z.array(z.object({ expr: z.string().min(1) })).min(1) }),
  ),
})

const alerts = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })) })

describe('what is documented exists', () => {
  test('the Grafana dashboard can be imported, and each metric in its queries is one that the gateway tells', async () => {
    const { panels, templating } = dashboard.parse(JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8')))
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(templating.list).toContainEqual({ name: 'datasource', type: 'datasource' })
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    for (const query of queries) expect(metricsIn(query), query).not.toEqual([])
    const isKnown = await knownNames()
    expect(metricsIn(queries.join('\n')).filter((name) => !isKnown(name))).toEqual([])
  })

  test('each metric in the guide is one that the gateway tells, and the reference has each of its own', async () => {
    const [guide = [], reference = []] = ['docs/monitoring.md', 'docs/reference/metrics.md'].map((file) =>
      metricsIn(readFileSync(file, 'utf8')).filter((name) => !/_$/.test(name)),
    )
    const isKnown = await knownNames()
    expect([...guide, ...reference].filter((name) => !isKnown(name))).toEqual([])
    const text = await (await fetch(gateway.started.metricsUrl ?? '', { headers: { authorization: `Bearer ${TOKEN}` } })).text()
    const own = [...text.matchAll(/^# TYPE (gateway_\S+)/gm)].map(([, name = '']) => name)
    expect(own.filter((name) => !reference.includes(name))).toEqual([])
  })

  test('the alerts tell guessed tokens at the rate that one address may guess at, and a failing gateway from failing vendors', () => {
    const { groups } = alerts.parse(parse(codeBlocks('docs/monitoring.md').find(({ text }) => text.startsWith('groups:'))?.text ?? ''))
    const expressions = new Map(groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr])))
    const [, threshold] = /> ([\d.]+)$/.exec(expressions.get('GatewayGuessing') ?? '') ?? []
    expect(Number(threshold)).toBeLessThan(Number(SETTINGS.LOGIN_FAILURES_PER_MINUTE.default) / 60)
    expect(expressions.get('GatewayFails')?.match(/gateway_http_requests_total\{[^}]*route!="ai"/g)).toHaveLength(2)
    expect(expressions.get('GatewayVendorFails')).toContain('gateway_ai_requests_total')
  })
})
