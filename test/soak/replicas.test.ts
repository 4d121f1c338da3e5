import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { openDatabase } from '../../src/database/client.ts'
import { migrate } from '../../src/database/migrate.ts'
import { MIGRATIONS_FOLDER, readMigrations } from '../../src/database/migrations.ts'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { type PostgresServer, postgresPrograms, startPostgres } from '../support/postgres.ts'
import { subscribe } from '../support/subscription.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'
import { LoadClient } from './load-client.ts'
import { findLies, startLoad } from './run-load.ts'

const ADMIN_TOKEN = 'admin-token-of-replicas-32-characters'
const SECONDS = sized(60, 8)
const RESTARTS = sized(5, 1)
const TOLD = sized(300, 30)
const RECOVERY_MS = 5_000

/** Each in its own transaction, over tables that are read and written all the time. */
const NEWER: Readonly<Record<string, string>> = {
  '29990101000000_a_table': 'CREATE TABLE "teams" (\n    "id" TEXT NOT NULL,\n    CONSTRAINT "teams_pkey" PRIMARY KEY ("id")\n);\n',
  '29990102000000_a_column': 'ALTER TABLE "providers" ADD COLUMN "team" TEXT;\nALTER TABLE "api_keys" ADD COLUMN "team" TEXT;\n',
  '29990103000000_with_a_default': 'ALTER TABLE "providers" ADD COLUMN "is_pinned" BOOLEAN NOT NULL DEFAULT false;\n',
  '29990104000000_an_index': 'CREATE INDEX "audit_events_actor_idx" ON "audit_events"("actor");\n',
}

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
    const { acknowledged, unknown, counters, ...figures } = report
    const perSecond = Math.round(report.requests / report.seconds)
    tell('two replicas, mixed load', { ...figures, perSecond, acknowledged: Object.keys(acknowledged).length })
    expect(report).toMatchObject({ unavailable: 0, faults: [], unanswered: 0, duplicateNames: 0, staleReads: [] })
    expect(unknown).toEqual([])
    // How many there are is a matter of the machine's speed.
    expect(report.requests).toBeGreaterThan(isLong ? SECONDS * 20 : 20)
    expect(Object.values(counters).reduce((sum, { sure }) => sum + sure, 0)).toBeGreaterThan(isLong ? SECONDS : 0)
    expect(await findLies(url, report)).toEqual([])
  })

  test('one serves on while a newer release migrates the database under it', async () => {
    const url = await server.freshUrl()
    const [replica = ''] = await start(url, 1)
    const load = startLoad({ ...plan([replica], 600), clients: 4 })
    const newer = await openDatabase(url)
    const created = () => newer.prisma.auditEvent.count({ where: { action: 'provider.created' } })
    const createMore = async () => expect.poll(created).toBeGreaterThan((await created()) + sized(10, 3))
    await createMore()
    const applied: string[] = []
    await migrate(newer, (message) => applied.push(message), migrationsOfANewerRelease())
    await createMore()
    await newer.close()
    load.stop()
    const report = await load.report
    expect(applied).toHaveLength(Object.keys(NEWER).length)
    expect(report).toMatchObject({ unavailable: 0, faults: [], unanswered: 0, duplicateNames: 0, staleReads: [] })
    expect(Object.keys(report.acknowledged).length).toBeGreaterThan(sized(10, 3))
    expect(await findLies(url, report)).toEqual([])
    expect((await fetch(`${replica}/readyz`)).status).toBe(200)
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
    const { acknowledged, unknown, counters: _, ...figures } = report
    tell('PostgreSQL restarted', {
      recoveryMs: recoveries,
      ...figures,
      acknowledged: Object.keys(acknowledged).length,
      unknown: unknown.length,
    })
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
    for (let count = 1; count <= TOLD; count++) {
      await client.create(one, `told-${count}`)
      const acknowledged = performance.now()
      await changes.atLeast(count)
      delays.push(performance.now() - acknowledged)
    }
    changes.leave()
    const behind = latencyOf(delays)
    tell('told by the other replica, ms behind the acknowledgement', { ...behind })
    expect(behind.max).toBeLessThan(1_000)
  })

  /** The migrations of this release, and some that add what a release may add. */
  function migrationsOfANewerRelease(): string {
    const path = join(folder.path, 'migrations')
    cpSync(MIGRATIONS_FOLDER, path, { recursive: true })
    for (const [name, sql] of Object.entries(NEWER)) {
      mkdirSync(join(path, 'postgresql', name))
      writeFileSync(join(path, 'postgresql', name, 'migration.sql'), sql)
    }
    return path
  }

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
