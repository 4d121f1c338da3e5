import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NOTHING_ALLOWED, tierOf } from '../../../src/upstream/client/address-policy.ts'
import { checkEndpoint } from '../../../src/upstream/client/target.ts'
import type { Outcome } from '../../../src/upstream/test/outcome.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { hostileAnswers, hostileUrls, PUBLIC, trickyUrls } from '../../support/upstream/hostile-targets.ts'
import { apiKey, LOOPBACK_ALLOWED, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { listen, startRecorder } from '../../support/upstream/recorder.ts'
import { type ConnectWatch, watchConnect } from '../../support/upstream/watch-connect.ts'
import { useStarted } from '../../support/use-started.ts'

const KEY = 'sk-proj-4f9a2c71d0e83b56'
const CLOSED = { allow: NOTHING_ALLOWED, never: [] }

// A listener where most of the corpus points: what should not be sent would be seen here.
const received: Buffer[] = []
let listener: { port: number; close(): Promise<void> }
let watch: ConnectWatch
beforeAll(async () => {
  listener = await listen(createServer((socket) => socket.on('data', (chunk) => received.push(chunk))))
})
afterAll(() => listener.close())
beforeEach(() => {
  received.length = 0
  watch = watchConnect()
})
afterEach(() => {
  watch.stop()
  expect(Buffer.concat(received).toString('latin1')).toBe('')
})

/** No call of the corpus reaches a key's owner, so what it ends with is one of these. */
function expectRefused(outcome: Outcome, target: string): void {
  expect({ target, status: outcome.status }).toEqual({ target, status: expect.stringMatching(/^(?:BLOCKED_ADDRESS|UNREACHABLE)$/) })
  expect(outcome.message).not.toContain(KEY)
}

const probe = (baseUrl: string, resolve: (hostname: string) => Promise<readonly string[]> = async () => []) =>
  probeConnection(probeRequest({ type: 'OPENAI', baseUrl, credential: apiKey(KEY) }), outboundDeps({ policy: CLOSED, resolve }))

test('the corpus has at least 500 targets', () => {
  const corpus = new Set([...hostileUrls(1), ...trickyUrls(1), ...hostileAnswers().map((answer) => answer.join(' '))])
  expect(corpus.size).toBeGreaterThanOrEqual(500)
})

test('a denied address in any spelling is BLOCKED_ADDRESS, at save and at the test, and nothing connects', async () => {
  for (const url of hostileUrls(listener.port)) {
    expect({ url, issue: checkEndpoint(url, CLOSED, { allowPrivateNetwork: true, isStrict: false }) }).toEqual({
      url,
      issue: expect.any(String),
    })
    const outcome = await probe(url)
    expect({ url, status: outcome.status }).toEqual({ url, status: 'BLOCKED_ADDRESS' })
  }
  expect(watch.attempts).toEqual([])
})

test('all blocked addresses answer alike', async () => {
  const outcomes = await Promise.all(hostileUrls(listener.port).map((url) => probe(url)))
  expect(new Set(outcomes.map(({ message, httpStatus }) => `${message} ${httpStatus}`)).size).toBe(1)
})

test('a tricky URL ends in a coded refusal, and nothing connects', async () => {
  for (const url of trickyUrls(listener.port)) expectRefused(await probe(url), url)
  expect(watch.attempts).toEqual([])
})

test('a name with a denied address among its answers is refused whole', async () => {
  for (const answer of hostileAnswers()) {
    const outcome = await probe('https://api.attacker.example/v1', async () => answer)
    expect({ answer, status: outcome.status }).toEqual({ answer, status: 'BLOCKED_ADDRESS' })
  }
  expect(watch.attempts).toEqual([])
})

describe('rebinding', () => {
  test('the address that was checked is the one that is dialled, and DNS is asked once', async () => {
    let asked = 0
    const outcome = await probe('https://api.attacker.example/v1', async () => (asked++ === 0 ? [PUBLIC[0]] : ['127.0.0.1']))
    expect(outcome.status).toBe('UNREACHABLE')
    expect(asked).toBe(1)
    expect(watch.attempts).toEqual([{ host: PUBLIC[0], port: 443 }])
  })

  test('each request of a test is checked anew', async () => {
    watch.stop()
    const server = await startRecorder(() => ({ status: 200, body: { data: [] } }))
    watch = watchConnect()
    let asked = 0
    const resolve = async () => (asked++ === 0 ? ['127.0.0.1'] : ['169.254.169.254'])
    const policy = { allow: LOOPBACK_ALLOWED, never: [] }
    const request = probeRequest({ type: 'OPENAI', baseUrl: `http://api.attacker.example:${server.port}/v1`, credential: apiKey(KEY) })
    const outcome = await probeConnection(request, outboundDeps({ policy, resolve }))
    expect(outcome).toMatchObject({ status: 'OK', keyVerified: false })
    expect(watch.attempts).toEqual([{ host: '127.0.0.1', port: server.port }])
    expect(server.requests).toHaveLength(1)
    await server.close()
  })

  test('a connection that lands elsewhere than at the checked address gets no byte', async () => {
    watch.stop()
    watch = watchConnect(({ host }) => (host === PUBLIC[0] ? listener.port : null))
    const policy = { allow: { ...NOTHING_ALLOWED, publicHttp: true }, never: [] }
    const request = probeRequest({ type: 'OPENAI', baseUrl: 'http://api.attacker.example/v1', credential: apiKey(KEY) })
    const outcome = await probeConnection(request, outboundDeps({ policy, resolve: async () => [PUBLIC[0]] }))
    expect(outcome.status).toBe('BLOCKED_ADDRESS')
    expect(watch.attempts).toHaveLength(1)
  })
})

describe('redirects', () => {
  let location = ''
  let status = 302
  const server = useStarted(() => startRecorder(() => ({ status, headers: { location }, body: '' })))

  test('are never followed, whatever they say and wherever they point', async () => {
    const policy = { allow: LOOPBACK_ALLOWED, never: [] }
    const targets = [
      ...hostileUrls(listener.port).slice(0, 40),
      `http://127.0.0.1:${listener.port}/`,
      '/v1/models',
      '//evil.example/',
      'file:///etc/passwd',
      '',
    ]
    const statuses = [301, 302, 303, 307, 308, 300, 304, 399]
    for (const [index, target] of targets.entries()) {
      location = encodeURI(target)
      status = statuses[index % statuses.length] ?? 302
      const request = probeRequest({ type: 'OPENAI', baseUrl: `${server.origin}/v1`, credential: apiKey(KEY) })
      const outcome = await probeConnection(request, outboundDeps({ policy, resolve: async () => [PUBLIC[0]] }))
      expect({ target, status: outcome.status }).toEqual({ target, status: 'REDIRECTED' })
      expect(outcome.message).not.toContain('evil')
    }
    expect(new Set(watch.attempts.map(({ port }) => port))).toEqual(new Set([server.port]))
    expect(server.requests).toHaveLength(targets.length)
  })
})

describe('our own sockets', () => {
  const spellings = (port: number) => [
    `https://127.0.0.1:${port}`,
    `https://127.9.9.9:${port}`,
    `https://[::1]:${port}`,
    `https://localhost:${port}`,
    `https://named.example:${port}`,
  ]

  test.each(['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', 'database.example'])(
    'one at %s is reached by no spelling, even where loopback is allowed',
    async (host) => {
      const policy = { allow: LOOPBACK_ALLOWED, never: [{ host, port: listener.port }] }
      for (const url of spellings(listener.port)) {
        const request = probeRequest({ type: 'OPENAI', baseUrl: url, credential: apiKey(KEY) })
        expectRefused(await probeConnection(request, outboundDeps({ policy, resolve: async () => ['127.0.0.1'] })), url)
      }
      expect(watch.attempts).toEqual([])
    },
  )

  test('another port of the same host is not meant', async () => {
    const policy = { allow: LOOPBACK_ALLOWED, never: [{ host: '127.0.0.1', port: listener.port + 1 }] }
    expect(checkEndpoint(`https://127.0.0.1:${listener.port}`, policy, { allowPrivateNetwork: true, isStrict: true })).toBeNull()
  })
})

test('the corpus is about addresses that are really denied', () => {
  for (const answer of hostileAnswers()) expect(answer.some((address) => tierOf(address) !== 'public')).toBe(true)
  for (const address of PUBLIC) expect(tierOf(address)).toBe('public')
})
