import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'
import { LoadClient } from './load-client.ts'
import { startHostileTests } from './run-load.ts'

const ADMIN_TOKEN = 'admin-token-among-hostile-upstreams-0'
const AT_ONCE = 50
const SECONDS = sized(30, 3)
const WARM_UP_SECONDS = 2
/** How much slower other traffic may become, in 99 of 100 cases. */
const SLOWER = 2
const MAX_RESIDENT_BYTES = 700_000_000

/** The most that the process has had in memory. */
const peakBytes = (pid: number) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024

test(`${AT_ONCE} connection tests at once of upstreams that hang, flood and break leave other clients served, and memory bounded`, async () => {
  const folder = temporaryFolder()
  const gateway = await startedProcess(folder.path, { ADMIN_TOKEN, OUTBOUND_ALLOW: 'loopback' })
  const client = new LoadClient([gateway.url], ADMIN_TOKEN)
  for (let index = 0; index < 20; index++) await client.create(gateway.url, `calm-${index}`)

  /** One client that asks near a hundred times a second; each tenth time it writes, so that answers are made anew. */
  const workFor = async (seconds: number) => {
    const times: Record<'reads' | 'writes', number[]> = { reads: [], writes: [] }
    let turn = 0
    for (const end = performance.now() + seconds * 1_000; performance.now() < end; await sleep(10)) {
      const isWrite = ++turn % 10 === 0
      const started = performance.now()
      const { kind } = await (isWrite ? client.update(gateway.url, 'calm-0', { icon: String(turn) }) : client.list(gateway.url))
      times[isWrite ? 'writes' : 'reads'].push(performance.now() - started)
      expect(kind).toBe('done')
    }
    return { reads: latencyOf(times.reads), writes: latencyOf(times.writes) }
  }
  await workFor(WARM_UP_SECONDS)
  const idle = await workFor(SECONDS)
  const tests = startHostileTests({ url: gateway.url, token: ADMIN_TOKEN, atOnce: AT_ONCE })
  // Until its process is there.
  await workFor(WARM_UP_SECONDS)
  const besides = await workFor(SECONDS)
  tests.stop()
  const statuses = await tests.report
  const bytes = peakBytes(gateway.child.pid ?? 0)
  tell('hostile upstreams', {
    ...{ readsIdleMs: idle.reads, readsBesidesMs: besides.reads, writesIdleMs: idle.writes, writesBesidesMs: besides.writes },
    ...{ tests: statuses, peakMegabytes: Math.round(bytes / 1e6) },
  })
  if (isLong) {
    expect(besides.reads.p99).toBeLessThan(SLOWER * idle.reads.p99)
    expect(besides.writes.p99).toBeLessThan(SLOWER * idle.writes.p99)
  }
  expect(bytes).toBeLessThan(MAX_RESIDENT_BYTES)
  expect(Object.keys(statuses)).not.toContain('OK')
  expect(Object.keys(statuses).filter((status) => status.startsWith('HTTP'))).toEqual([])
  expect(client.report.faults).toEqual([])
  expect(await gateway.stop()).toBe(0)
  folder.remove()
})
