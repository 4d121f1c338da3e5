import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { BROKEN, ENDLESS, FLOODS, startHostile } from '../support/upstream/hostile-upstreams.ts'
import { LoadClient, latencyOf } from './load-client.ts'
import { isLong, tell } from './run-load.ts'

const ADMIN_TOKEN = 'admin-token-among-hostile-upstreams-0'
const AT_ONCE = 50
const SECONDS = isLong ? 30 : 3
const MAX_RESIDENT_BYTES = 700_000_000

const TEST =
  'mutation ($input: TestConnectionInput!) { testConnection(input: $input) { ... on TestConnectionPayload { tests { status } } } }'

/** What the process has in memory now. */
const residentBytes = (pid: number) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024

test(`${AT_ONCE} connection tests at once of upstreams that hang, flood and break leave other clients served, and memory bounded`, async () => {
  const upstreams = await Promise.all([...ENDLESS, ...FLOODS, ...BROKEN].map(startHostile))
  const folder = temporaryFolder()
  const gateway = await startedProcess(folder.path, { ADMIN_TOKEN, OUTBOUND_ALLOW: 'loopback' })
  const client = new LoadClient([gateway.url], ADMIN_TOKEN)
  for (let index = 0; index < 20; index++) await client.create(gateway.url, `calm-${index}`)

  /** One reader that asks a hundred times a second. */
  const readFor = async (seconds: number) => {
    const times: number[] = []
    for (const end = performance.now() + seconds * 1_000; performance.now() < end; await sleep(10)) {
      const started = performance.now()
      expect((await client.list(gateway.url)).kind).toBe('done')
      times.push(performance.now() - started)
    }
    return latencyOf(times)
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
  await readFor(1)
  const idle = await readFor(SECONDS)
  const testers = Array.from({ length: AT_ONCE }, (_, index) => tester(index))
  const besides = await readFor(SECONDS)
  isOver = true
  await Promise.all(testers)
  const bytes = residentBytes(gateway.child.pid ?? 0)
  tell('hostile upstreams', { idle, besides, statuses, residentMegabytes: Math.round(bytes / 1e6) })
  expect(bytes).toBeLessThan(MAX_RESIDENT_BYTES)
  expect(Object.keys(statuses)).not.toContain('OK')
  expect(Object.keys(statuses).filter((status) => status.startsWith('HTTP'))).toEqual([])
  expect(client.report.faults).toEqual([])
  expect(await gateway.stop()).toBe(0)
  await Promise.all(upstreams.map((upstream) => upstream.close()))
  folder.remove()
})
