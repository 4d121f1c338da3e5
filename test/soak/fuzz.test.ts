import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { Client } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { ask, createProvider } from '../support/over-http.ts'
import { type Recorder, startRecorder } from '../support/recorder.ts'
import { isLong, latencyOf, sized, tell } from './figures.ts'
import { malformed, type OddRequest, oddRequest } from './odd-requests.ts'

const ADMIN_TOKEN = 'admin-token-of-one-that-is-sent-nonsense'
const KEY = 'sk-fuzz-fixture-0123456789'
const REQUESTS = sized(100_000, 1_500)
const AT_ONCE = 50
const ANSWER_MS = 250
/** Kept, so that what fails once fails again. */
const SEED = 20_261_121
const CREATE_TOKEN = `mutation ($role: Role!) { createAccessToken(input: { name: "fuzz", role: $role }) {
  ... on CreateAccessTokenPayload { value } } }`

const folder = temporaryFolder()
const tokens: (string | null)[] = [null, 'gw_wrong', '\u00ff']
let gateway: GatewayProcess
let upstream: Recorder
beforeAll(async () => {
  upstream = await startRecorder(KEY)
  gateway = await startedProcess(folder.path, {
    ...{ ADMIN_TOKEN, LOGIN_FAILURES_PER_MINUTE: '0', ROOT_DIALECT: 'bifrost', OUTBOUND_ALLOW: 'loopback' },
  })
  for (const role of ['VIEWER', 'EDITOR', 'ADMIN']) {
    const { text } = await ask(gateway, ADMIN_TOKEN, CREATE_TOKEN, { role })
    tokens.push(JSON.parse(text).data.createAccessToken.value)
  }
  await createProvider(gateway, ADMIN_TOKEN, { name: 'openai', baseUrl: upstream.origin, key: KEY })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  folder.remove()
})

interface Seen {
  readonly times: number[]
  readonly statuses: Record<number, number>
}

/** What is wrong with the answer; null when nothing is. */
async function faultOf(client: Client, odd: OddRequest, seen: Seen): Promise<string | null> {
  const { method, path, headers, body, isChunked, token } = odd
  const bearer = tokens[token]
  const authorization = bearer == null ? {} : { authorization: `Bearer ${bearer}` }
  const started = performance.now()
  try {
    const answer = await client.request({
      // Keeps the connection, after HEAD too: how soon a busy process accepts new ones is Node's affair.
      ...{ method, path, headers: { ...headers, ...authorization }, reset: false },
      body: isChunked && body !== null ? Readable.from([body]) : body,
    })
    // A subscription has no end.
    if (answer.headers['content-type']?.includes('text/event-stream')) answer.body.on('error', () => {}).destroy()
    else await answer.body.dump()
    seen.times.push(performance.now() - started)
    seen.statuses[answer.statusCode] = (seen.statuses[answer.statusCode] ?? 0) + 1
    if (answer.statusCode >= 500) return `status ${answer.statusCode}`
    return answer.headers['x-content-type-options'] === 'nosniff' && answer.headers['x-request-id'] ? null : 'no security headers'
  } catch (error) {
    // What this client refuses to send is no fault of the server's.
    return error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG' ? null : String(error)
  }
}

test(`${REQUESTS} odd requests, ${AT_ONCE} at a time: none gets a 5xx or goes without an answer`, async () => {
  const seen: Seen = { times: [], statuses: {} }
  const faults: unknown[] = []
  const queue = fc.sample(oddRequest, { numRuns: REQUESTS, seed: SEED }).values()
  const started = performance.now()
  // Each has a connection of its own: in a pool requests would wait for each other, and not for the gateway.
  const worker = async () => {
    const client = new Client(gateway.url)
    for (const sample of queue) {
      const fault = await faultOf(client, sample, seen)
      if (fault !== null) faults.push({ fault, sample })
    }
    await client.destroy()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const answerMs = latencyOf(seen.times)
  tell('odd requests', { requests: REQUESTS, atOnce: AT_ONCE, seconds, faults: faults.length, answerMs, statuses: seen.statuses })
  expect(faults.slice(0, 3)).toEqual([])
  expect(gateway.child.exitCode).toBeNull()
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
  if (isLong) expect(answerMs.p99).toBeLessThan(ANSWER_MS)
})

test('bytes that are no HTTP are refused, or the connection ends, and the next request is answered', async () => {
  const { hostname, port } = new URL(gateway.url)
  for (const bytes of fc.sample(malformed, { numRuns: sized(5_000, 200), seed: SEED })) {
    const socket = connect(Number(port), hostname)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.end(Buffer.concat([bytes, Buffer.from('\r\n\r\n')]))
    await once(socket, 'close')
    if (text !== '') expect(text).toMatch(/^HTTP\/1\.1 4\d\d (.|\r|\n)*x-content-type-options: nosniff/)
  }
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
})
