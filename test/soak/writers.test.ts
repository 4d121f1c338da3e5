import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { bifrostClient, SIZES, uniqueKey, uniqueName } from '../support/bifrost-client.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { readMetrics, sampleOf } from '../support/metrics.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { writerOf } from '../support/providers.ts'
import { latencyOf, sized, tell } from './figures.ts'

const WRITERS = sized(200, 50)
const CONNECTIONS = 5

/** Nothing listens there and tests may not call it: each test ends at once, and is stored. */
const baseUrl = 'http://127.0.0.1:9'

/** What clients do to one provider at once: its row, its keys, the names of keys, its tests and its history are written. */
function writesOf(gateway: TestGateway, { id, name }: { id: string; name: string }) {
  const bifrost = bifrostClient(gateway)
  const writer = writerOf(gateway)
  return [
    async (index: number) => (await bifrost.postKey(name, { name: uniqueName(`key-${index}`), value: uniqueKey() })).status === 200,
    async (index: number) => (await writer.update(id, { displayName: `writer ${index}` })).__typename === 'UpdateProviderPayload',
    async () => (await bifrost.put(name, { concurrency_and_buffer_size: SIZES, network_config: { base_url: baseUrl } })).status === 200,
    async () => (await writer.test(id)).__typename === 'TestConnectionPayload',
  ]
}

describe(`${WRITERS} writers at once on ${CONNECTIONS} connections, half of them of one provider`, () => {
  test.each(['SQLite', 'PostgreSQL'] as const)('all succeed on %s, and none is in the way of another', async (kind) => {
    if (kind === 'PostgreSQL' && postgresPrograms === null) return
    const server = kind === 'PostgreSQL' ? await startPostgres() : null
    const url = server === null ? {} : { DATABASE_URL: `${await server.freshUrl()}?connection_limit=${CONNECTIONS}` }
    const gateway = await startTestGateway({ environment: { ...url, ENCRYPTION_KEYS: generateKeyText(), METRICS_PORT: '0' } })
    const shared = await bifrostClient(gateway).created({ provider: uniqueName('shared'), network_config: { base_url: baseUrl } })
    const { provider } = await gateway.ask<{ provider: { id: string } }>(
      'query ($name: String!) { provider(by: { name: $name }) { id } }',
      {
        name: shared.name,
      },
    )
    const writes = writesOf(gateway, { id: provider.id, name: shared.name })
    const createOne = async () => (await writerOf(gateway).create({})).__typename === 'CreateProviderPayload'

    const times: number[] = []
    const outcomes = await Promise.all(
      Array.from({ length: WRITERS }, async (_, index) => {
        const started = performance.now()
        const write = index % 2 === 0 ? createOne : writes[(index >> 1) % writes.length]
        const succeeded = (await write?.(index)) ?? false
        times.push(performance.now() - started)
        return succeeded
      }),
    )
    expect(outcomes.filter((succeeded) => succeeded)).toHaveLength(WRITERS)
    const metrics = await readMetrics(gateway.started.metricsUrl ?? '')
    // A transaction that was begun again has met another one in a circle of locks, which costs a second each time.
    const retries = sampleOf(metrics, 'gateway_database_write_retries_total')
    expect(retries).toBe(0)
    expect(sampleOf(metrics, 'gateway_database_failures_total')).toBe(0)
    tell(`writers at once on ${kind}`, { writers: WRITERS, failed: 0, retries, ms: latencyOf(times) })
    await gateway.close()
    await server?.stop()
  })
})
