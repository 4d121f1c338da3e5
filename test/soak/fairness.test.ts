import { join } from 'node:path'
import { Client } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { insertProviders } from '../support/many-providers.ts'
import { ask } from '../support/over-http.ts'
import { type Recorder, startRecorder } from '../support/recorder.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'

const ADMIN_TOKEN = 'admin-token-of-one-that-reads-all-there-is'
const KEY = 'sk-fairness-fixture-0123456789'
const PROVIDERS = sized(100_000, 1_500)
const TESTS_AT_ONCE = sized(200, 20)
const ANSWER_MS = 250
const DRAFT = `mutation ($url: String!, $key: Secret!) {
  testConnection(input: { draft: { type: OPENAI_COMPAT, baseUrl: $url, apiKey: $key } }) { __typename } }`

const folder = temporaryFolder()
let gateway: GatewayProcess
let upstream: Recorder
beforeAll(async () => {
  upstream = await startRecorder(KEY)
  gateway = await startedProcess(folder.path, { ADMIN_TOKEN, OUTBOUND_ALLOW: 'loopback', LOG_LEVEL: 'error' })
  await insertProviders({ databaseUrl: `file:${join(folder.path, 'data', 'gateway.db')}` }, { count: PROVIDERS, keys: 1 })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  folder.remove()
})

const authorization = `Bearer ${ADMIN_TOKEN}`

/** Reads a list as it comes, keeps nothing of it, and returns how many items it had. */
async function countItems(client: Client, path: string, item: string): Promise<number> {
  const { statusCode, body } = await client.request({ method: 'GET', path, headers: { authorization }, bodyTimeout: 0, headersTimeout: 0 })
  expect(statusCode).toBe(200)
  let count = 0
  let rest = ''
  for await (const chunk of body) {
    const text: string = rest + Buffer.from(chunk).toString('latin1')
    const parts = text.split(item)
    count += parts.length - 1
    rest = (parts.at(-1) ?? '').slice(1 - item.length)
  }
  return count
}

const pageAnswer = z.object({
  data: z.object({
    providers: z.object({
      nodes: z.array(z.unknown()),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
})

async function countPages(client: Client): Promise<number> {
  let count = 0
  for (let after: string | null = null; ; ) {
    const query =
      'query ($after: String) { providers(first: 100, after: $after) { nodes { name apiKeys(first: 5) { nodes { masked } } } pageInfo { hasNextPage endCursor } } }'
    const headers = { authorization, 'content-type': 'application/json' }
    const { body } = await client.request({
      method: 'POST',
      path: '/graphql',
      headers,
      body: JSON.stringify({ query, variables: { after } }),
    })
    const { data } = pageAnswer.parse(await body.json())
    count += data.providers.nodes.length
    if (!data.providers.pageInfo.hasNextPage) return count
    after = data.providers.pageInfo.endCursor
  }
}

async function countOffsets(client: Client): Promise<number> {
  let count = 0
  for (let offset = 0; offset < PROVIDERS; offset += 500)
    count += await countItems(client, `/ziri/api/providers?limit=500&offset=${offset}&sortBy=name`, '"displayName":')
  return count
}

const LANGUAGES: readonly [string, (client: Client) => Promise<number>][] = [
  ['GraphQL', countPages],
  ['Coder', (client) => countItems(client, '/api/v2/ai/providers', '"display_name":')],
  ['Bifrost', (client) => countItems(client, '/bifrost/api/providers', '"provider_status":')],
  ['Bifrost, keys', (client) => countItems(client, '/bifrost/api/keys', '"key_id":')],
  ['Respan', (client) => countItems(client, '/respan/api/providers/', '"provider_id":')],
  ['ZIRI', countOffsets],
]

test.each(LANGUAGES)(
  `/healthz is answered while one client reads ${PROVIDERS} providers in %s and another floods tests`,
  async (language, read) => {
    const clients = { reader: new Client(gateway.url), watcher: new Client(gateway.url) }
    let isReading = true
    const times: number[] = []
    const watch = async () => {
      while (isReading) {
        const started = performance.now()
        const { statusCode, body } = await clients.watcher.request({ method: 'GET', path: '/healthz' })
        await body.dump()
        times.push(performance.now() - started)
        expect(statusCode).toBe(200)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    const flood = async () => {
      while (isReading) await ask(gateway, ADMIN_TOKEN, DRAFT, { url: upstream.origin, key: KEY })
    }
    const others = [watch(), ...Array.from({ length: TESTS_AT_ONCE }, flood)]
    const started = performance.now()
    const count = await read(clients.reader).finally(() => {
      isReading = false
    })
    const seconds = Math.round((performance.now() - started) / 100) / 10
    await Promise.all(others)
    await Promise.all(Object.values(clients).map((client) => client.destroy()))
    const healthMs = latencyOf(times)
    tell(`a list of ${PROVIDERS} in ${language}`, { seconds, healthMs })
    expect(count).toBe(PROVIDERS)
    expect(times.length).toBeGreaterThan(0)
    if (isLong) expect(healthMs.max).toBeLessThan(ANSWER_MS)
  },
)
