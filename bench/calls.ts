import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Comparison, compare, medianOf } from './compare.ts'
import { drive, memoryKilobytes } from './drive.ts'
import { type BenchRequest, QUESTIONS } from './requests.ts'
import type { Findings, Settings } from './scenarios.ts'
import { ENCRYPTION_KEYS, TOKEN } from './seed.ts'
import { type Side, startCallPeer, startGateway, startPortkey } from './sides.ts'

/** As many callers at a time as the targets were set for. */
const CONNECTIONS = 8
const LARGE_CONNECTIONS = 4
const LARGE_BYTES = 1_048_576
/** Streams under way while somebody uses the management API, and calls that wait for their vendor. */
const STREAMS = 200
const WAITING = 300
const PROMPT = { model: 'gpt-5', messages: [{ role: 'user', content: 'Say hello.' }] }
const KEY = 'sk-bench-calls-0123456789abcdef'

interface Sides {
  readonly vendor: Side
  readonly bare: Side
  readonly bareByDefault: Side
  readonly httpxy: Side
  readonly portkey: Side | null
  readonly gateway: Side
  readonly token: string
}

/** The same call directly, by a relay that does nothing else, by others, and by the gateway with everything on. */
export async function compareCalls(settings: Settings): Promise<Findings> {
  const vendor = await startCallPeer('call-vendor', '')
  const bare = await startCallPeer('bare-dispatch', vendor.url)
  const bareByDefault = await startCallPeer('bare-dispatch', vendor.url, [])
  const httpxy = await startCallPeer('httpxy', vendor.url)
  const portkey = await startPortkey()
  const gateway = await startCalledGateway(join(settings.folder, 'calls.db'))
  const started = [vendor, bare, bareByDefault, httpxy, portkey, gateway].filter((side) => side !== null)
  try {
    const sides = { vendor, bare, bareByDefault, httpxy, portkey, gateway, token: await prepare(gateway, vendor) }
    const comparisons = {
      'calls-json': await compareCall(sides, 'A call with a small JSON answer', {}, CONNECTIONS, settings),
      'calls-large': await compareCall(sides, 'A call of 1 MiB', { padding: 'x'.repeat(LARGE_BYTES) }, LARGE_CONNECTIONS, settings),
      'calls-sse': await compareCall(sides, 'A call with a stream of 200 chunks', { stream: true }, CONNECTIONS, settings),
    }
    return { comparisons, figures: await measureManagement(sides, settings) }
  } finally {
    await Promise.all(started.map((side) => side.stop()))
  }
}

async function compareCall(
  { vendor, bare, bareByDefault, httpxy, portkey, gateway, token }: Sides,
  title: string,
  more: Readonly<Record<string, unknown>>,
  connections: number,
  { seconds, rounds }: Settings,
): Promise<Comparison> {
  const plain: BenchRequest = { method: 'POST', path: '/v1/chat/completions', body: JSON.stringify({ ...PROMPT, ...more }) }
  const asked = { ...plain, path: '/ai/bench/v1/chat/completions', headers: { authorization: `Bearer ${token}` } }
  // The same call by the one base URL: the model names the provider, and its bytes are replaced.
  const oneUrl = { ...asked, path: plain.path, body: JSON.stringify({ ...PROMPT, ...more, model: `bench/${PROMPT.model}` }) }
  const byPortkey = { ...plain, headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${vendor.url}/v1` } }
  const round =
    ({ url, pid }: Side, request: BenchRequest) =>
    () =>
      drive(url, [pid], request, { seconds, connections })
  const sides = {
    gateway: round(gateway, asked),
    'gateway, by the one base URL': round(gateway, oneUrl),
    'the vendor, directly': round(vendor, plain),
    'bare Pool.dispatch': round(bare, plain),
    "bare Pool.dispatch, without V8's flags": round(bareByDefault, plain),
    httpxy: round(httpxy, plain),
    // It answers this stream with an error.
    ...(portkey === null || 'stream' in more ? {} : { 'Portkey gateway': round(portkey, byPortkey) }),
  }
  return compare(`${title}, ${connections} connections`, sides, rounds)
}

/** How long the management API takes while nothing else happens, and beside many streams; by turns. */
async function measureManagement({ gateway, token }: Sides, { seconds, rounds }: Settings): Promise<Record<string, number>> {
  const p50 = async () => (await drive(gateway.url, [gateway.pid], QUESTIONS.page.graphql, { seconds, connections: 1 })).p50Ms
  const [idle, beside]: [number[], number[]] = [[], []]
  await p50()
  for (let turn = 0; turn < rounds; turn++) {
    idle.push(await p50())
    const end = await openCalls(gateway, token, { drip: true }, STREAMS)
    beside.push(await p50())
    await end()
  }
  return { managementIdleMs: medianOf(idle), managementBesideStreamsMs: medianOf(beside) }
}

/** Kilobytes of memory that each call takes which waits for its vendor, in a gateway that has free memory from nothing before. */
export async function measureWaitingCalls({ folder }: Settings): Promise<Findings> {
  const vendor = await startCallPeer('call-vendor', '')
  // With the flags, the heap has room to spare from the start, and what calls take of it would not be seen.
  const gateway = await startCalledGateway(join(folder, 'waiting.db'), [])
  try {
    const token = await prepare(gateway, vendor)
    // A few, so that what V8 and the libraries take once is taken.
    await (await openCalls(gateway, token, { wait: true }, 8))()
    const before = memoryKilobytes(gateway.pid)
    const end = await openCalls(gateway, token, { wait: true }, WAITING)
    const after = memoryKilobytes(gateway.pid)
    await end()
    return { figures: { waitingCallKb: Math.round((after - before) / WAITING) } }
  } finally {
    await Promise.all([vendor.stop(), gateway.stop()])
  }
}

/** With a log line for each call, and metrics. */
function startCalledGateway(file: string, flags?: string[]): Promise<Side> {
  const environment = {
    ...{ ENCRYPTION_KEYS, OUTBOUND_ALLOW: 'loopback', LOG_LEVEL: 'info', METRICS_TOKEN: `metrics-${TOKEN}` },
    ...{ CALLS_PER_TOKEN: '1000', CALLS_PER_PROVIDER: '1000' },
  }
  return startGateway(`file:${file}`, environment, flags)
}

/** Begins calls that go on until they are ended. */
async function openCalls(
  { url }: Side,
  token: string,
  more: Readonly<Record<string, unknown>>,
  count: number,
): Promise<() => Promise<void>> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ ...PROMPT, ...more })
  const requests = Array.from({ length: count }, () => {
    const request = httpRequest(`${url}/ai/bench/v1/chat/completions`, { method: 'POST', headers, agent: false })
    return request
      .on('response', (response) => void response.on('error', () => {}).resume())
      .on('error', () => {})
      .end(body)
  })
  await sleep(2_000)
  return async () => {
    const closed = requests.map((request) => (request.closed ? null : new Promise((resolve) => request.once('close', resolve))))
    for (const request of requests) request.destroy()
    await Promise.all(closed)
    await sleep(500)
  }
}

/** Stores the vendor as a provider, and makes a token that may call it. */
async function prepare({ url }: Side, vendor: Side): Promise<string> {
  const ask = async (query: string, input: unknown) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) })
    return response.text()
  }
  const created = await ask('mutation ($input: CreateProviderInput!) { createProvider(input: $input) { __typename } }', {
    ...{ name: 'bench', type: 'OPENAI', baseUrl: `${vendor.url}/v1`, apiKeys: [{ credential: { value: KEY } }] },
    network: { allowPrivateNetwork: true },
  })
  const made = await ask(
    'mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on CreateAccessTokenPayload { value } } }',
    { name: 'bench', role: 'CALLER', calls: {} },
  )
  const [token] = /gw_[\w-]+/.exec(made) ?? []
  if (token === undefined || !created.includes('CreateProviderPayload')) throw new Error(`The provider was not made: ${created} ${made}`)
  return token
}
