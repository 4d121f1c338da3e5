import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { insertModels, insertProviders } from '../support/many-providers.ts'
import { type PostgresServer, postgresPrograms, startPostgres } from '../support/postgres.ts'
import type { Language } from './fairness-worker.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'
import { startGreedy } from './run-load.ts'

const ADMIN_TOKEN = 'admin-token-of-one-that-reads-all-there-is'
const ENCRYPTION_KEYS = `base64:${Buffer.alloc(32, 'fairness').toString('base64')}`
const PROVIDERS = sized(100_000, 1_500)
const TESTS_AT_ONCE = sized(200, 20)
const ANSWER_MS = 250
const LANGUAGES: readonly Language[] = ['GraphQL', 'Coder', 'Bifrost', 'Bifrost, keys', 'Bifrost, models', 'Respan', 'ZIRI']

/** How long the main thread of a process has waited for a processor that others had, in milliseconds. */
const waitedMs = (pid: number) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6

/** Asks for `/healthz` again and again, and returns how long each answer took, and that without what others took of the processor. */
async function watchHealth(gateway: GatewayProcess, isOver: () => boolean) {
  const client = new Client(gateway.url)
  const pid = gateway.child.pid ?? 0
  const times: { readonly whole: number[]; readonly own: number[] } = { whole: [], own: [] }
  while (!isOver()) {
    const [started, waited, own] = [performance.now(), waitedMs(pid), waitedMs(process.pid)]
    const { statusCode, body } = await client.request({ method: 'GET', path: '/healthz' })
    await body.dump()
    expect(statusCode).toBe(200)
    const whole = performance.now() - started
    times.whole.push(whole)
    times.own.push(whole - (waitedMs(pid) - waited) - (waitedMs(process.pid) - own))
    await sleep(10)
  }
  await client.destroy()
  return { whole: latencyOf(times.whole), own: latencyOf(times.own) }
}

interface Served {
  readonly databaseUrl: (folder: string) => Promise<string>
  readonly stop: () => Promise<void>
}

function describeFairness(title: string, start: () => Promise<Served>, isThere: boolean) {
  describe.skipIf(!isThere)(title, () => {
    const folder = temporaryFolder()
    let database: Served
    let gateway: GatewayProcess
    beforeAll(async () => {
      database = await start()
      const databaseUrl = await database.databaseUrl(folder.path)
      const environment = { ADMIN_TOKEN, ENCRYPTION_KEYS, DATABASE_URL: databaseUrl, OUTBOUND_ALLOW: 'loopback', LOG_LEVEL: 'error' }
      gateway = await startedProcess(folder.path, environment)
      await insertProviders({ databaseUrl }, { count: PROVIDERS, keys: 1 })
      await insertModels({ databaseUrl })
    })
    afterAll(async () => {
      await gateway.stop()
      await database.stop()
      folder.remove()
    })

    test.each(LANGUAGES)(
      `/healthz is answered while one client reads ${PROVIDERS} providers in %s, another floods tests`,
      async (language) => {
        const client = { url: gateway.url, token: ADMIN_TOKEN }
        const idleSince = performance.now()
        const idleMs = await watchHealth(gateway, () => performance.now() - idleSince > sized(2_000, 100))
        const flood = startGreedy({ ...client, task: 'flood', atOnce: TESTS_AT_ONCE })
        const reader = startGreedy({ ...client, task: 'read', language, providers: PROVIDERS })
        let isReading = true
        const started = performance.now()
        const watched = watchHealth(gateway, () => !isReading)
        const count = await reader.report.finally(() => {
          isReading = false
        })
        const seconds = Math.round((performance.now() - started) / 100) / 10
        const healthMs = await watched
        flood.stop()
        const tests = await flood.report
        tell(`a list of ${PROVIDERS} in ${language}, ${title}`, { seconds, tests, idleMs, healthMs })
        // Of models the first 50,000 are shown.
        expect(count).toBe(language === 'Bifrost, models' ? Math.min(PROVIDERS, 50_000) : PROVIDERS)
        if (isLong) expect(healthMs.own.max).toBeLessThan(ANSWER_MS)
      },
    )
  })
}

describeFairness(
  'on SQLite',
  async () => ({ databaseUrl: async (folder) => `file:${join(folder, 'gateway.db')}`, stop: async () => {} }),
  true,
)
describeFairness(
  'on PostgreSQL',
  async () => {
    const server: PostgresServer = await startPostgres()
    return { databaseUrl: () => server.freshUrl(), stop: () => server.stop() }
  },
  // A sample shows no more than the tests of the lists do.
  isLong && postgresPrograms !== null,
)
