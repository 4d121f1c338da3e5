import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { maskKey } from '../../src/api-keys/mask.ts'
import { apiKeyBinding } from '../../src/api-keys/secret-binding.ts'
import { fingerprint, seal } from '../../src/crypto/envelope.ts'
import { generateKeyText, parseKeyring } from '../../src/crypto/keyring.ts'
import { Secret } from '../../src/crypto/secret.ts'
import { openDatabase } from '../../src/database/client.ts'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { postgresPrograms, startPostgres } from '../support/postgres.ts'
import { type Recorder, startRecorder } from '../support/recorder.ts'
import { providerRow } from '../support/rows.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'

const ADMIN_TOKEN = 'admin-token-of-a-gateway-that-rotates'
const KEY = 'sk-key-of-a-client-while-all-is-rotated'
const KEYS = sized(100_000, 0)
const KILLS = sized(10, 0)
const CLIENTS = 4
const PER_PROVIDER = 100
const [ONE, OTHER] = [generateKeyText(), generateKeyText()]

/** Stores many keys at once, in the rows that the commands would write. */
async function fill(url: string): Promise<void> {
  const database = await openDatabase(url)
  const keyring = parseKeyring(ONE)
  const createdAt = new Date()
  for (let number = 0; number < KEYS / PER_PROVIDER; number++) {
    const provider = providerRow(`filled-${number}`, { baseUrl: 'https://api.example.com/v1' })
    const unset = { vendorPreset: null, modelsPath: null, authentication: 'DEFAULT', callHeaders: null, settings: null, network: null }
    const ownless = {
      environmentVariable: null,
      endpoint: null,
      endpointVariable: null,
      region: null,
      roleArn: null,
      credentialParts: null,
    }
    const keys = Array.from({ length: PER_PROVIDER }, (_, index) => ({
      id: randomUUID(),
      value: new Secret(`sk-${number}-${index}-0123456789abcdef`),
    }))
    await database.write(async (transaction) => {
      await transaction.provider.create({ data: provider })
      const rows = keys.map(({ id, value }) => ({ id, providerId: provider.id, masked: maskKey(value.reveal()), createdAt }))
      await transaction.apiKey.createMany({ data: rows })
      const sealed = keys.map(({ id, value }) => ({
        apiKeyId: id,
        ...seal(keyring, value, apiKeyBinding({ provider: { ...unset, ...provider, network: null, settings: null } }, { id, ...ownless })),
        fingerprint: fingerprint(keyring, value),
      }))
      await transaction.apiKeySecret.createMany({ data: sealed })
    })
  }
  await database.close()
}

const DATABASES = postgresPrograms === null ? (['SQLite'] as const) : (['SQLite', 'PostgreSQL'] as const)

function startCommand(cwd: string, environment: Readonly<Record<string, string>>, argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [resolve('dist/cli/gateway.js'), ...argv.slice(0, 2), '--json', '--', ...argv.slice(2)], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function finish(child: ChildProcess) {
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += String(chunk)
  })
  const [code] = await once(child, 'close')
  return { code, result: code === 0 ? JSON.parse(output) : null }
}

/** Waits until some more secrets are under the key than there were, or all. */
async function untilUnderway(url: string, keys: string): Promise<void> {
  const database = await openDatabase(url)
  const { kid } = parseKeyring(keys).primary
  const countOthers = () => database.prisma.apiKeySecret.count({ where: { kid: { not: kid } } })
  const enough = Math.max(0, (await countOthers()) - 1_000)
  while ((await countOthers()) > enough) await sleep(50)
  await database.close()
}

type Kind = 'read' | 'write' | 'test'

/** Clients that read, write and test until they are told to stop; `wrong` has every answer that is not the right one. */
function startClients({ url }: GatewayProcess, upstream: Recorder) {
  const times: Record<Kind, number[]> = { read: [], write: [], test: [] }
  const wrong: string[] = []
  let running = true
  let names = 0
  const send = async (kind: Kind, query: string, expected: string) => {
    const started = performance.now()
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    const text = await response.text()
    times[kind].push(performance.now() - started)
    if (!text.includes(expected)) wrong.push(`${kind} ${response.status} ${text.slice(0, 300)}`)
  }
  const work = async () => {
    while (running) {
      names += 1
      const name = `client-${names}-${randomUUID().slice(0, 8)}`
      const input = `{ name: "${name}", type: OPENAI, baseUrl: "${upstream.origin}", apiKeys: [{ credential: { value: "${KEY}" } }] }`
      await send('write', `mutation { createProvider(input: ${input}) { __typename } }`, 'CreateProviderPayload')
      await send('read', `{ providers(first: 20) { totalCount nodes { name apiKeys(first: 5) { nodes { masked } } } } }`, '"totalCount"')
      // The stored key stays, and is sealed anew for another host.
      const moved = `{ provider: { name: "${name}" }, baseUrl: "${upstream.origin.replace('127.0.0.1', 'localhost')}" }`
      await send('write', `mutation { updateProvider(input: ${moved}) { __typename } }`, 'UpdateProviderPayload')
      const draft = `{ saved: { provider: { name: "${name}" } } }`
      await send('test', `mutation { testConnection(input: ${draft}) { ... on TestConnectionPayload { success } } }`, '"success":true')
      if (names % 2 === 0)
        await send('write', `mutation { deleteProvider(input: { provider: { name: "${name}" } }) { __typename } }`, 'DeleteProviderPayload')
    }
  }
  const done = Promise.all(Array.from({ length: CLIENTS }, work))
  return async () => {
    running = false
    await done
    return { wrong, ms: { read: latencyOf(times.read), write: latencyOf(times.write), test: latencyOf(times.test) } }
  }
}

// The normal run has its sample in test/graphql/rotation.test.ts.
describe.runIf(isLong)(`the rotation of ${KEYS.toLocaleString('en')} keys while clients read, write and test`, () => {
  let upstream: Recorder
  beforeAll(async () => {
    upstream = await startRecorder(KEY)
  })
  afterAll(() => upstream.close())

  test.each(DATABASES)('on %s disturbs no client, and comes to its end over any number of kills', async (kind) => {
    const server = kind === 'PostgreSQL' ? await startPostgres({ durable: true }) : null
    const folder = temporaryFolder()
    const DATABASE_URL = (await server?.freshUrl()) ?? `file:${folder.path}/gateway.db`
    const environment = (ENCRYPTION_KEYS: string) => ({
      ...{ DATABASE_URL, ENCRYPTION_KEYS, ADMIN_TOKEN },
      ...{ OUTBOUND_ALLOW: 'loopback', LOG_LEVEL: 'warn' },
    })
    const start = (keys: string) => startedProcess(folder.path, environment(keys))
    const command = (keys: string, ...argv: string[]) => startCommand(folder.path, environment(keys), argv)

    await (await start(ONE)).stop()
    await fill(DATABASE_URL)

    // Once, from the first key to the other one, to see what it costs.
    const [forth, back] = [`${OTHER},${ONE}`, `${ONE},${OTHER}`]
    let gateway = await start(forth)
    const idle = startClients(gateway, upstream)
    await sleep(10_000)
    const before = await idle()
    const meanwhile = startClients(gateway, upstream)
    const single = await finish(command(forth, 'keys', 'rotate'))
    const during = await meanwhile()
    expect(single).toMatchObject({ code: 0, result: { unreadable: 0, remaining: 0 } })
    expect(single.result.resealed).toBeGreaterThanOrEqual(KEYS)
    await gateway.stop()

    // And back, by two at once, of which one after the other is killed.
    gateway = await start(back)
    const clients = startClients(gateway, upstream)
    for (let kill = 0; kill < KILLS; kill++) {
      const pair = [command(back, 'keys', 'rotate'), command(back, 'keys', 'rotate')]
      await untilUnderway(DATABASE_URL, ONE)
      await sleep(Math.random() * 500)
      for (const child of pair) child.kill('SIGKILL')
    }
    const [last, other] = await Promise.all([1, 2].map(() => finish(command(back, 'keys', 'rotate'))))
    const afterwards = await clients()
    expect(last).toMatchObject({ code: 0, result: { unreadable: 0, remaining: 0 } })
    expect(other).toMatchObject({ code: 0, result: { unreadable: 0, remaining: 0 } })
    const verified = await finish(command(back, 'keys', 'verify'))
    const retired = await finish(command(back, 'keys', 'retire', parseKeyring(OTHER).primary.kid))
    await gateway.stop()
    await server?.stop()
    folder.remove()

    tell(`rotation on ${kind}`, {
      keys: single.result.resealed,
      seconds: single.result.seconds,
      wrongAnswers: before.wrong.length + during.wrong.length + afterwards.wrong.length,
      kills: KILLS * 2,
      readable: verified.result?.readable,
      leftForTheLast: last?.result.resealed + other?.result.resealed,
      ...{ msBefore: before.ms, msMeanwhile: during.ms, msUnderKills: afterwards.ms },
    })
    expect([...before.wrong, ...during.wrong, ...afterwards.wrong]).toEqual([])
    expect(verified).toMatchObject({ code: 0, result: { unreadable: { MALFORMED: 0, UNKNOWN_KEY: 0, NOT_AUTHENTIC: 0 } } })
    expect(verified.result.readable).toBeGreaterThanOrEqual(KEYS)
    expect(retired).toMatchObject({ code: 0 })
  })
})
