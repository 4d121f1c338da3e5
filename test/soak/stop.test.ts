import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'

const ADMIN_TOKEN = 'admin-token-of-one-that-is-stopped-00'
const STOPS = sized(50, 3)
const PER_SECOND = 200
/** Before a stop, and some more. */
const MOST_ANSWERED = isLong ? 400 : 60
const EXIT_MS = 20_000

const CREATE = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }'
let names = 0

/** Sends one request, every other one a write; the status, or null when the connection was not taken or ended before an answer. */
function send(url: string, agent: Agent): Promise<number | null> {
  names += 1
  const input = { name: `stopped-${names}`, type: 'OPENAI', baseUrl: 'https://api.example.com/v1' }
  const body = JSON.stringify(names % 2 === 0 ? { query: '{ providers { totalCount } }' } : { query: CREATE, variables: { input } })
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` }
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? null))
    })
    sent.on('error', () => resolve(null)).end(body)
  })
}

test(`a gateway that is stopped ${STOPS} times under ${PER_SECOND} requests a second answers what it has accepted, and exits in time`, async () => {
  const folder = temporaryFolder()
  const exits: number[] = []
  const rates: number[] = []
  let answered = 0
  for (let round = 0; round < STOPS; round++) {
    const gateway = await startedProcess(folder.path, { ADMIN_TOKEN })
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    const answers: Promise<number | null>[] = []
    let done = 0
    const begun = performance.now()
    const sendWhatIsDue = () => {
      const due = ((performance.now() - begun) / 1_000) * PER_SECOND
      while (answers.length < due) answers.push(send(gateway.url, agent).finally(() => (done += 1)))
    }
    const timer = setInterval(sendWhatIsDue, 1_000 / PER_SECOND)
    // Some rounds end while the server is still cold, others when it is at work.
    const enough = 20 + Math.random() * MOST_ANSWERED
    while (done < enough) await sleep(5)
    const started = performance.now()
    rates.push(answers.length / ((started - begun) / 1_000))
    gateway.child.kill('SIGTERM')
    if (gateway.child.exitCode === null) await once(gateway.child, 'close')
    exits.push(Math.round(performance.now() - started))
    clearInterval(timer)
    const statuses = await Promise.all(answers)
    agent.destroy()
    // The gateway writes one line for each request that it took, and says whether its answer was sent whole.
    const lines =
      gateway
        .output()
        .match(/\{.*"msg":"request"\}/g)
        ?.map((line) => JSON.parse(line)) ?? []
    expect(gateway.child.exitCode).toBe(0)
    expect(lines.filter(({ complete }) => !complete)).toEqual([])
    expect(lines).toHaveLength(statuses.filter((status) => status !== null).length)
    expect(new Set(statuses)).not.toContain(500)
    answered += lines.length
  }
  folder.remove()
  // Each round has compared the two numbers.
  tell('stopped under load', { stops: STOPS, sentPerSecond: latencyOf(rates).p50, answered, dropped: 0, exitMs: latencyOf(exits) })
  expect(answered).toBeGreaterThan(STOPS * 20)
  expect(Math.max(...exits)).toBeLessThan(EXIT_MS)
})
