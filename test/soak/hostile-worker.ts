/**
 * Connection tests of upstreams that hang, flood and break, from a process of its own: `hostile-worker.ts <plan as JSON>`.
 * Goes on until the end of its input, and prints how the tests ended, as JSON.
 */
import { BROKEN, ENDLESS, FLOODS, startHostile } from '../support/upstream/hostile-upstreams.ts'

export interface HostilePlan {
  readonly url: string
  readonly token: string
  readonly atOnce: number
}

/** How often each outcome was seen. */
export type HostileReport = Readonly<Record<string, number>>

const TEST =
  'mutation ($input: TestConnectionInput!) { testConnection(input: $input) { ... on TestConnectionPayload { tests { status } } } }'

const plan: HostilePlan = JSON.parse(process.argv[2] ?? '')
const upstreams = await Promise.all([...ENDLESS, ...FLOODS, ...BROKEN].map(startHostile))
const statuses: Record<string, number> = {}
let isOver = false
process.stdin.on('end', () => (isOver = true)).resume()

async function test(index: number): Promise<void> {
  for (let turn = index; !isOver; turn += plan.atOnce) {
    const baseUrl = `http://127.0.0.1:${upstreams[turn % upstreams.length]?.port}/v1`
    const input = { draft: { type: 'OPENAI', baseUrl, apiKey: 'sk-among-hostile-upstreams', network: { timeoutMs: 1_000 } } }
    const response = await fetch(`${plan.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${plan.token}` },
      body: JSON.stringify({ query: TEST, variables: { input } }),
    })
    const { data } = await response.json()
    const status = data?.testConnection?.tests?.[0]?.status ?? `HTTP ${response.status}`
    statuses[status] = (statuses[status] ?? 0) + 1
  }
}

await Promise.all(Array.from({ length: plan.atOnce }, (_, index) => test(index)))
process.stdout.write(`${JSON.stringify(statuses)}\n`, () => process.exit(0))
