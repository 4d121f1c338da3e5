import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { BROKEN, ENDLESS, FLOODS, startHostile } from '../support/upstream/hostile-upstreams.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'
import { LoadClient } from './load-client.ts'

const ADMIN_TOKEN = 'admin-token-among-hostile-upstreams-0'
const AT_ONCE = 50
const SECONDS = sized(30, 3)
/** How much slower other traffic may become, in 99 of 100 cases. */
const SLOWER = 2
const MAX_RESIDENT_BYTES = 700_000_000

const TEST =
  'mutation ($input: TestConnectionInput!) { testConnection(input: $input) { ... on TestConnectionPayload { tests { status } } } }'

/** The most that the process has had in memory. */
const peakBytes = (pid: number) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024

test(`${AT_ONCE} connection tests at once of upstreams that hang, flood and break leave other clients served, and memory bounded`, async () => {
  const upstreams = await Promise.all([...ENDLESS, ...FLOODS, ...BROKEN].map(startHostile))
  const folder = temporaryFolder()
  const gateway = await startedProcess(folder.path, { ADMIN_TOKEN, OUTBOUND_ALLOW: 'loopback' })
  const client = new LoadClient([gateway.url], ADMIN_TOKEN)
  for (let index = 0; index < 20; index++) await client.create(gateway.url, `calm-${index}`)

  /** One client that asks near a hundred times a second; each tenth time it writes, so that answers are made anew. */
  const workFor = async (seconds: number) => {
    const times = { reads: [] as number[], writes: [] as number[] }
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
  const statuses: Record<string, number> = {}
  let isOver = false
  const tester = async (index: number) => {
    for (let turn = index; !isOver; turn += AT_ONCE) {
      const baseUrl = `http://127.0.0.1:${upstreams[turn % upstreams.length]?.port}/v1`
      const input = { draft: { type: 'OPENAI', baseUrl, apiKey: 'sk-among-hostile-upstreams', network: { timeoutMs: 1_000 } } }
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
        body: JSON.stringify({ query: TEST, variables: { input } }),
      })
      const { data } = await response.json()
      const status = data?.testConnection?.tests?.[0]?.status ?? `HTTP ${response.status}`
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }
  await workFor(1)
  const idle = await workFor(SECONDS)
  const testers = Array.from({ length: AT_ONCE }, (_, index) => tester(index))
  const besides = await workFor(SECONDS)
  isOver = true
  await Promise.all(testers)
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
  await Promise.all(upstreams.map((upstream) => upstream.close()))
  folder.remove()
})
