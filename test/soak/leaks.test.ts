import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { generateKeyText } from '../../src/crypto/keyring.ts'
import { startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { leaksIn } from '../support/planted.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { startRecorder } from '../support/upstream/recorder.ts'
import { sized, tell } from './figures.ts'

const ADMIN_TOKEN = 'admin-token-of-one-that-must-not-leak'
const METRICS_TOKEN = 'metrics-token-of-one-that-must-not-leak'
/** Each round plants twenty secrets. */
const ROUNDS = sized(10, 2)

const CREATE = 'mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename ... on UserError { message } } }'
const UPDATE = 'mutation ($input: UpdateProviderInput!) { updateProvider(input: $input) { __typename ... on UserError { message } } }'
const TEST = `mutation ($input: TestConnectionInput!) { testConnection(input: $input) {
  __typename ... on TestConnectionPayload { tests { status message models } } } }`
const EVERYTHING = `{ providers(first: 100) { nodes { name baseUrl apiKeys { nodes { masked name } } network { extraHeaders { name value } proxy { url } }
  connectionTests(first: 10) { nodes { message models } } } } }`
const AUDIT =
  'query ($after: String) { auditEvents(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { actor { name id } subject { id name } changes } } }'

/** All that stands in the files of a folder and below it. Zeros with which a database fills up its files are left out. */
function contentsOf(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1').replaceAll(/\0{64}/g, '')).join('\n')
}

/** One life: every way by which a secret can come in, the wrong ones too, with an upstream that says it back. */
async function live(url: string, upstream: string, round: number) {
  const planted: string[] = []
  const answers: string[] = []
  const plant = (place: string) => {
    const secret = `sk-Leak-${round}-${place}-${Math.random().toString(36).slice(2).padEnd(12, 'x')}`
    planted.push(secret)
    return secret
  }
  const send = async (method: string, path: string, body?: unknown, token = ADMIN_TOKEN) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    answers.push(JSON.stringify([...response.headers]), await response.text())
    return response.status
  }
  const ask = (query: string, input: unknown) => send('POST', '/graphql', { query, variables: { input } })
  const name = (language: string) => `${language}-${round}`

  await ask(CREATE, {
    name: name('graphql'),
    type: 'OPENAI',
    baseUrl: upstream,
    apiKeys: [{ credential: { value: plant('key') } }, { credential: { value: plant('second') } }],
    network: {
      extraHeaders: [{ name: 'Authorization', value: plant('header') }],
      proxy: { type: 'HTTP', url: 'http://proxy.example.com:3128', username: 'team', password: plant('proxy') },
    },
  })
  await ask(CREATE, { name: name('echoed'), type: 'OPENAI', baseUrl: upstream, apiKeys: [{ credential: { value: plant('echoed') } }] })
  await ask(TEST, { saved: { provider: { name: name('echoed') } } })
  await ask(TEST, { draft: { type: 'ANTHROPIC', baseUrl: upstream, apiKey: plant('draft') } })
  const bedrock = { region: 'us-east-1', accessKey: plant('aws-id'), accessKeySecret: plant('aws-secret') }
  await ask(CREATE, { name: name('bedrock'), type: 'BEDROCK', settings: { bedrock } })
  await send('POST', '/api/v2/ai/providers', {
    name: name('coder'),
    type: 'openai',
    base_url: upstream,
    enabled: true,
    api_keys: [plant('coder')],
  })
  await send('PATCH', `/api/v2/ai/providers/${name('coder')}`, { api_keys: [{ api_key: plant('coder-new') }] })
  await send('POST', `/api/v2/ai/providers/${name('coder')}/test`)
  await send('POST', '/bifrost/api/providers', { provider: 'openai', network_config: { base_url: upstream } })
  await send('POST', '/bifrost/api/providers/openai/keys', { name: name('bifrost'), value: plant('bifrost'), models: ['*'], weight: 1 })
  await send('POST', '/respan/api/providers/', {
    provider_id: name('respan'),
    provider_name: 'Respan',
    api_key: plant('respan'),
    extra_kwargs: { base_url: upstream, token: plant('kwargs') },
  })
  await send('POST', '/ziri/api/providers', { name: name('ziri'), apiKey: plant('ziri'), metadata: { baseUrl: upstream } })
  await send('POST', `/ziri/api/providers/${name('ziri')}/test`)
  // Requests that are wrong: what they hold must not come back, nor stay.
  await ask(UPDATE, { provider: { name: name('graphql') }, apiKeys: [{ add: { credential: { value: `${plant('blank')} \n` } } }] })
  await ask(UPDATE, { provider: { name: name('graphql') }, apiKeys: plant('type') })
  await ask(CREATE, { name: plant('name'), type: 'OPENAI', baseUrl: upstream })
  await send('POST', '/graphql', `{"query":"${plant('json')}`)
  await send('POST', '/graphql', { query: `{ providers(filter: { search: "x" }) { ${plant('field').replaceAll('-', '_')} } }` })
  await send('PUT', '/bifrost/api/providers/openai', `{"keys":[{"value":"${plant('half')}"`)
  await send('POST', '/ziri/api/providers', { name: name('bad'), apiKey: { value: plant('nested') } })
  await send('GET', '/api/v2/ai/providers', undefined, plant('token'))
  await send('POST', '/graphql', { query: EVERYTHING })
  await send('GET', '/metrics', undefined, METRICS_TOKEN)
  return { planted, answers }
}

/** What requests repeat on purpose: the name of a field that does not exist, which GraphQL clients need to see. */
const mayBeRepeated = (secret: string) => secret.includes('-field-')

describe(`${20 * ROUNDS} and more planted secrets`, () => {
  test.each(['SQLite', 'PostgreSQL'] as const)(
    'are nowhere on %s: not in answers, logs, traces, metrics, the audit log, or any file',
    async (kind) => {
      if (kind === 'PostgreSQL' && postgresPrograms === null) return
      const server = kind === 'PostgreSQL' ? await startPostgres() : null
      const upstream = await startRecorder(({ headers }) => ({
        status: 401,
        body: { error: { message: `Incorrect key: ${JSON.stringify(headers)}` } },
      }))
      const collector = await startRecorder(() => ({ status: 200, body: {} }))
      const folder = temporaryFolder()
      const temporary = join(folder.path, 'tmp')
      mkdirSync(temporary)
      const environment = {
        DATABASE_URL: (await server?.freshUrl()) ?? `file:${folder.path}/gateway.db`,
        ENCRYPTION_KEYS: generateKeyText(),
        ADMIN_TOKEN,
        OUTBOUND_ALLOW: 'loopback',
        LOG_LEVEL: 'trace',
        LOGIN_FAILURES_PER_MINUTE: '0',
        TMPDIR: temporary,
        METRICS_TOKEN,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_BSP_SCHEDULE_DELAY: '100',
      }
      const planted: string[] = []
      const answers: string[] = []
      let logs = ''
      const expectNothing = () => {
        const files = contentsOf(folder.path) + (server === null ? '' : contentsOf(server.folder))
        expect(leaksIn(files, planted)).toEqual([])
        expect(leaksIn(logs + JSON.stringify(collector.requests), [...planted, ADMIN_TOKEN])).toEqual([])
        expect(
          leaksIn(
            answers.join('\n'),
            planted.filter((secret) => !mayBeRepeated(secret)),
          ),
        ).toEqual([])
        return files
      }
      for (let round = 0; round < ROUNDS; round++) {
        const gateway = await startedProcess(folder.path, environment)
        const lived = await live(gateway.url, upstream.origin, round)
        planted.push(...lived.planted)
        answers.push(...lived.answers)
        gateway.child.kill('SIGKILL')
        await once(gateway.child, 'close')
        logs += gateway.output()
      }
      expectNothing()
      const gateway = await startedProcess(folder.path, environment)
      for (let after: string | null = ''; after !== null; ) {
        const body = JSON.stringify({ query: AUDIT, variables: { after: after || null } })
        const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' }
        const text: string = await (await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })).text()
        answers.push(text)
        const { pageInfo } = JSON.parse(text).data.auditEvents
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null
      }
      await gateway.stop()
      logs += gateway.output()
      const files = expectNothing()
      // The check would see one: the upstream was sent the keys, and names stand in the files.
      expect(leaksIn(JSON.stringify(upstream.requests), planted).length).toBeGreaterThan(ROUNDS)
      expect(leaksIn(files, ['echoed-0'])).toEqual(['echoed-0'])
      expect(collector.requests.length).toBeGreaterThan(0)
      expect(answers.join('')).toContain('# TYPE')
      expect(planted.length).toBeGreaterThanOrEqual(20 * ROUNDS)
      tell(`planted secrets on ${kind}`, { planted: planted.length, lives: ROUNDS, encodings: 6, leaks: 0 })
      await upstream.close()
      await collector.close()
      await server?.stop()
      folder.remove()
    },
  )
})
