import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'
import { findLies, startLoad } from './run-load.ts'

const ADMIN_TOKEN = 'admin-token-of-one-that-is-killed-0'
const KILLS = sized(250, 5)
/** From the kill of the old process until the new one says that it is ready, in 99 of 100 cases. */
const READY_MS = 2_000

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return String(typeof address === 'object' && address !== null ? address.port : 0)
}

describe(`a gateway that is killed ${KILLS} times while it writes`, () => {
  test.each(['SQLite', 'PostgreSQL'] as const)(
    'keeps on %s what it acknowledged, nothing half-written, and each provider with its audit event',
    async (kind) => {
      if (kind === 'PostgreSQL' && postgresPrograms === null) return
      const server = kind === 'PostgreSQL' ? await startPostgres({ durable: true }) : null
      const folder = temporaryFolder()
      const url = (await server?.freshUrl()) ?? `file:${folder.path}/gateway.db`
      const PORT = await freePort()
      const environment = { DATABASE_URL: url, ENCRYPTION_KEYS: generateKeyText(), ADMIN_TOKEN, PORT }

      let gateway = await startedProcess(folder.path, environment)
      const load = startLoad({ urls: [gateway.url], token: ADMIN_TOKEN, seconds: 3_600, clients: 4, kind: 'create' })
      const starts: number[] = []
      for (let round = 0; round < KILLS; round++) {
        // The clients come back within milliseconds; some rounds end in the middle of the first writes, others later.
        await sleep(100 + Math.random() * 500)
        gateway.child.kill('SIGKILL')
        await once(gateway.child, 'exit')
        const started = performance.now()
        gateway = await startedProcess(folder.path, environment)
        starts.push(performance.now() - started)
      }
      await sleep(500)
      load.stop()
      const report = await load.report
      await gateway.stop()
      const lies = await findLies(url, report)
      await server?.stop()
      folder.remove()

      const { acknowledged, unknown, counters: _, ...figures } = report
      const readyMs = latencyOf(starts)
      tell(`killed on ${kind}`, {
        kills: KILLS,
        acknowledged: Object.keys(acknowledged).length,
        unknown: unknown.length,
        lies: lies.length,
        readyMs,
        ...figures,
      })
      // How many there are is a matter of the machine's speed.
      expect(Object.keys(acknowledged).length).toBeGreaterThan(isLong ? KILLS : 0)
      expect(report.faults).toEqual([])
      expect(lies).toEqual([])
      if (isLong) expect(readyMs.p99).toBeLessThan(READY_MS)
    },
  )
})
