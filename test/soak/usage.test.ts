import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { openDatabase } from '../../src/database/client.ts'
import { CHAT } from '../support/call-vendor.ts'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { listen } from '../support/upstream/recorder.ts'
import { isLong, sized, tell } from './figures.ts'

const ADMIN_TOKEN = 'admin-token-of-usage-of-32-characters'
const CALLS = sized(100_000, 400)
const AT_ONCE = 16
/** What a kill may lose: the calls that ended within this time. A busy machine, on which the sample runs too, writes late. */
const LOST_MS = isLong ? 1_100 : 20_000

/** Calls that came back from one replica, by when. */
interface Client {
  readonly url: string
  readonly ended: number[]
}

/** A vendor that counts what it answered. */
async function startVendor() {
  let answered = 0
  const body = JSON.stringify(CHAT)
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(body))
    response.on('finish', () => {
      answered += 1
    })
  })
  const { port, close } = await listen(server)
  return { origin: `http://127.0.0.1:${port}`, answered: () => answered, close }
}

async function ask(url: string, query: string, variables: unknown): Promise<string> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return response.text()
}

/** Stores the vendor as a provider and makes a token that may call it. */
async function prepare(url: string, origin: string): Promise<string> {
  await ask(url, 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', {
    input: { name: 'vendor', type: 'OPENAI', baseUrl: `${origin}/v1`, apiKeys: [{ credential: { value: 'sk-soak-usage-000000001' } }] },
  })
  const made = await ask(
    url,
    'mutation { createAccessToken(input: { name: "soak", role: CALLER, calls: {} }) { ... on CreateAccessTokenPayload { value } } }',
    {},
  )
  const [token] = /gw_[\w-]+/.exec(made) ?? []
  if (token === undefined) throw new Error(made)
  return token
}

async function call(client: Client, token: string, model: string): Promise<void> {
  const response = await fetch(`${client.url}/ai/vendor/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [] }),
  })
  expect(response.status, await response.text()).toBe(200)
  client.ended.push(performance.now())
}

/**
 * Makes calls, as many at once, at one replica after the other; those of one that is gone are made again at the next one.
 * @returns how many these were.
 */
async function callAll(clients: readonly Client[], token: string, onCall: (made: number) => void): Promise<number> {
  const there = new Set(clients)
  let made = 0
  let again = 0
  const callOne = async (number: number): Promise<void> => {
    const client = [...there][number % there.size]
    if (client === undefined) throw new Error('No replica is left.')
    try {
      await call(client, token, `gpt-${number % 7}`)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      there.delete(client)
      again += 1
      await callOne(number)
    }
  }
  const caller = async () => {
    while (made < CALLS) {
      onCall(made)
      made += 1
      await callOne(made)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, caller))
  return again
}

test.skipIf(postgresPrograms === null)(
  `${CALLS} calls over two replicas, one of them killed: sums are what the vendor counted, less a second of the killed one`,
  async () => {
    const server = await startPostgres({ durable: true })
    const folder = temporaryFolder()
    const vendor = await startVendor()
    const environment = {
      ...{ DATABASE_URL: await server.freshUrl(), ENCRYPTION_KEYS: generateKeyText(), ADMIN_TOKEN },
      ...{ OUTBOUND_ALLOW: 'loopback', LOG_LEVEL: 'error' },
    }
    const kept = await startedProcess(folder.path, environment)
    const killed = await startedProcess(folder.path, environment)
    const token = await prepare(kept.url, vendor.origin)
    const clients = [kept, killed].map(({ url }): Client => ({ url, ended: [] }))
    let killedAt = Number.POSITIVE_INFINITY
    const began = performance.now()
    const again = await callAll(clients, token, (made) => {
      if (made !== Math.floor(CALLS / 2)) return
      killedAt = performance.now()
      killed.child.kill('SIGKILL')
    })
    const seconds = (performance.now() - began) / 1_000
    await Promise.all([kept.stop(), gone(killed)])

    const stored = await sumsOf(environment.DATABASE_URL)
    const answered = vendor.answered()
    const [atKept, atKilled] = clients.map(({ ended }) => ended)
    const mayBeLost = (atKilled ?? []).filter((at) => at > killedAt - LOST_MS).length + AT_ONCE
    tell('usage over two replicas, one killed', {
      ...{ calls: CALLS, answered, stored: stored.calls, lost: answered - stored.calls, mayBeLost, again },
      perSecond: Math.round(CALLS / seconds),
    })
    expect(stored.rows).toBe(stored.calls)
    expect(stored).toMatchObject({ inputTokens: 12 * stored.calls, outputTokens: 3 * stored.calls, days: stored.calls })
    expect(answered).toBeGreaterThanOrEqual(CALLS)
    expect(stored.calls).toBeLessThanOrEqual(answered)
    expect(stored.calls).toBeGreaterThanOrEqual(answered - mayBeLost)
    expect(stored.calls).toBeGreaterThanOrEqual(atKept?.length ?? 0)
    await vendor.close()
    await server.stop()
    folder.remove()
  },
)

async function gone({ child }: GatewayProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Calls that a vendor answered, by single calls and by sums of hours and days. */
async function sumsOf(url: string) {
  const database = await openDatabase(url)
  try {
    const { prisma } = database
    const good = { outcome: 'OK' }
    const total = { _sum: { calls: true, inputTokens: true, outputTokens: true } } as const
    const rows = await prisma.modelCall.count({ where: good })
    const { _sum: hours } = await prisma.usageSum.aggregate({ where: { ...good, hours: 1 }, ...total })
    const { _sum: days } = await prisma.usageSum.aggregate({ where: { ...good, hours: 24 }, ...total })
    return { rows, calls: hours.calls ?? 0, inputTokens: hours.inputTokens, outputTokens: hours.outputTokens, days: days.calls ?? 0 }
  } finally {
    await database.close()
  }
}
