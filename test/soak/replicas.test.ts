import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { MIGRATIONS_FOLDER, readMigrations } from '../../src/database/migrations.ts'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { type PostgresServer, postgresPrograms, startPostgres } from '../support/postgres.ts'
import { subscribe } from '../support/subscription.ts'
import { LoadClient } from './load-client.ts'
import { findLies, isLong, startLoad, tell } from './run-load.ts'

const ADMIN_TOKEN = 'admin-token-of-replicas-32-characters'
const SECONDS = isLong ? 60 : 8
const RESTARTS = isLong ? 5 : 1
const RECOVERY_MS = 5_000

describe.skipIf(postgresPrograms === null)('replicas over one PostgreSQL', () => {
  const folder = temporaryFolder()
  const keys = generateKeyText()
  let server: PostgresServer
  let replicas: GatewayProcess[] = []
  beforeAll(async () => {
    server = await startPostgres({ durable: true })
  })
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()))
    replicas = []
  })
  afterAll(async () => {
    await server?.stop()
    folder.remove()
  })

  const start = async (url: string, count: number, more: Readonly<Record<string, string>> = {}) => {
    const environment = { DATABASE_URL: url, ENCRYPTION_KEYS: keys, ADMIN_TOKEN, ...more }
    replicas = await Promise.all(Array.from({ length: count }, () => startedProcess(folder.path, environment)))
    return replicas.map((replica) => replica.url)
  }
  const plan = (urls: readonly string[], seconds: number) => ({ urls, token: ADMIN_TOKEN, seconds, clients: 8, kind: 'mixed' as const })

  test('three that start at once on an empty database migrate it exactly once, and make one admin token', async () => {
    await start(await server.freshUrl(), 3, { ADMIN_TOKEN: '' })
    expect(replicas.filter(({ token }) => token !== null)).toHaveLength(1)
    const said = replicas.map((replica) => replica.output()).join('\n')
    for (const { name } of readMigrations(`${MIGRATIONS_FOLDER}/postgresql`))
      expect(said.split(`Applied the migration ${name}.`)).toHaveLength(2)
  })

  test(`two of them under ${SECONDS} s of mixed load lose nothing, show nothing stale, and never fail`, async () => {
    const url = await server.freshUrl()
    const report = await startLoad(plan(await start(url, 2), SECONDS)).report
    const { acknowledged: _, unknown, counters, ...figures } = report
    tell('two replicas, mixed load', { ...figures, perSecond: Math.round(report.requests / report.seconds), counters })
    expect(report).toMatchObject({ unavailable: 0, faults: [], unanswered: 0, duplicateNames: 0, staleReads: [] })
    expect(unknown).toEqual([])
    expect(report.requests).toBeGreaterThan(SECONDS * 20)
    expect(Object.values(counters).reduce((sum, { sure }) => sum + sure, 0)).toBeGreaterThan(SECONDS)
    expect(await findLies(url, report)).toEqual([])
  })

  test(`PostgreSQL that is restarted ${RESTARTS} times under the load is used again within seconds, and nothing acknowledged is lost`, async () => {
    const url = await server.freshUrl()
    const urls = await start(url, 2)
    const load = startLoad(plan(urls, 600))
    const recoveries: number[] = []
    for (let round = 0; round < RESTARTS; round++) {
      await sleep(3_000)
      await server.kill()
      await sleep(1_000)
      await server.start()
      recoveries.push(Math.round(Math.max(...(await Promise.all(urls.map(untilWritable))))))
    }
    await sleep(2_000)
    load.stop()
    const report = await load.report
    const { acknowledged: _, unknown, ...figures } = report
    tell('PostgreSQL restarted', { recoveryMs: recoveries, ...figures, unknown: unknown.length })
    for (const recovery of recoveries) expect(recovery).toBeLessThan(RECOVERY_MS)
    expect(report).toMatchObject({ faults: [], unanswered: 0, duplicateNames: 0, staleReads: [] })
    expect(report.unavailable).toBeGreaterThan(0)
    expect(await findLies(url, report)).toEqual([])
  })

  test('a change at one is told by the other within a fraction of a second', async () => {
    const [one = '', other = ''] = await start(await server.freshUrl(), 2)
    const at = { fetch: (path: string, init?: RequestInit) => fetch(`${other}${path}`, init), adminToken: ADMIN_TOKEN }
    const changes = await subscribe(at, 'subscription { providerChanged { action } }')
    const client = new LoadClient([one], ADMIN_TOKEN)
    const delays: number[] = []
    for (let count = 1; count <= (isLong ? 300 : 30); count++) {
      await client.create(one, `told-${count}`)
      const acknowledged = performance.now()
      await changes.atLeast(count)
      delays.push(performance.now() - acknowledged)
    }
    changes.leave()
    const sorted = delays.sort((a, b) => a - b).map((delay) => Math.round(delay * 10) / 10)
    tell('told by the other replica, ms behind the acknowledgement', {
      p50: sorted.at(sorted.length / 2),
      p99: sorted.at(-4),
      max: sorted.at(-1),
    })
    expect(sorted.at(-1)).toBeLessThan(1_000)
  })

  /** How long it takes until this replica accepts a write, in milliseconds. */
  async function untilWritable(url: string): Promise<number> {
    const started = performance.now()
    const query = `mutation { createAccessToken(input: { name: "recovered", role: VIEWER }) { __typename } }`
    for (;;) {
      const { status } = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
        body: JSON.stringify({ query }),
      })
      if (status === 200) return performance.now() - started
      if (performance.now() - started > 60_000) throw new Error('The replica does not recover.')
      await sleep(20)
    }
  }
})
