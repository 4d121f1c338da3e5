import { createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { DEFAULT_NETWORK, type NetworkSettings } from '../../../src/upstream/client/network-settings.ts'
import { systemResolve } from '../../../src/upstream/client/system-resolve.ts'
import type { Outcome } from '../../../src/upstream/test/outcome.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { BROKEN, ENDLESS, FLOODS, type HostileUpstream, startHostile } from '../../support/upstream/hostile-upstreams.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { listen } from '../../support/upstream/recorder.ts'

const KEY = 'sk-proj-4f9a2c71d0e83b56'

async function probe(baseUrl: string, network: Partial<NetworkSettings> = {}): Promise<Outcome> {
  const request = probeRequest({ type: 'OPENAI', baseUrl, credential: apiKey(KEY), network: { ...DEFAULT_NETWORK, ...network } })
  return probeConnection(request, outboundDeps())
}

async function probeHostile(upstream: HostileUpstream, network: Partial<NetworkSettings> = {}): Promise<Outcome> {
  const server = await startHostile(upstream)
  return probe(`http://127.0.0.1:${server.port}/v1`, network).finally(() => server.close())
}

describe.concurrent('an upstream that never finishes is cut off by the provider timeout', () => {
  test('without a shorter timeout the headers have 5 s', async () => {
    const outcome = await probeHostile({ name: '', behave: () => {} })
    expect(outcome.status).toBe('TIMED_OUT')
    expect(outcome.durationMs).toBeLessThan(8_000)
  })

  test('and everything together has 10 s, retries included', async () => {
    const drips = ENDLESS.find(({ name }) => name === 'drips its body')
    const outcome = await probeHostile(drips ?? { name: '', behave: () => {} }, {
      timeoutMs: 600_000,
      maxRetries: 10,
      retryBackoffInitialMs: 1,
    })
    expect(outcome.status).toBe('TIMED_OUT')
    expect(outcome.durationMs).toBeLessThan(14_000)
  })

  test.each(ENDLESS)('$name', async (upstream) => {
    const outcome = await probeHostile(upstream, { timeoutMs: 400 })
    expect(outcome).toMatchObject({ status: 'TIMED_OUT', keyVerified: false })
    expect(outcome.durationMs).toBeGreaterThanOrEqual(380)
    expect(outcome.durationMs).toBeLessThan(5_000)
  })
})

describe('an upstream that sends too much is cut off by a size limit', () => {
  test.each(FLOODS)('$name', async (upstream) => {
    const outcome = await probeHostile(upstream, { timeoutMs: 8_000 })
    expect(outcome.status).toBe('UNEXPECTED_RESPONSE')
    expect(outcome.message).not.toContain(KEY)
    expect(outcome.durationMs).toBeLessThan(7_500)
  })

  test('memory does not grow with the number of floods', async () => {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    if (typeof collect !== 'function') throw new Error('Node has no way to collect garbage on demand.')
    const used = () => {
      collect()
      const { heapUsed, external, arrayBuffers } = process.memoryUsage()
      return heapUsed + external + arrayBuffers
    }
    for (const upstream of FLOODS) await probeHostile(upstream, { timeoutMs: 2_000 })
    const before = used()
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(FLOODS.map((upstream) => probeHostile(upstream, { timeoutMs: 2_000 })))
    }
    // Buffers are given back some turns after their collection.
    await expect.poll(() => used() - before, { timeout: 10_000, interval: 100 }).toBeLessThan(32 * 1024 * 1024)
  })
})

describe.concurrent('an upstream that breaks the protocol is told at once', () => {
  test.each(BROKEN)('$name', async (upstream) => {
    const outcome = await probeHostile(upstream)
    expect({ ...outcome, message: '' }).toMatchObject({
      status: expect.stringMatching(/^(?:UNREACHABLE|UNEXPECTED_RESPONSE)$/),
      keyVerified: false,
      models: [],
    })
    expect(outcome.message).not.toContain(KEY)
    expect(outcome.durationMs).toBeLessThan(3_000)
  })

  test('one that resets at once is never told as a blocked address', async () => {
    const resets = BROKEN.find(({ name }) => name === 'resets at once')
    const server = await startHostile(resets ?? { name: '', behave: () => {} })
    const statuses = new Set<string>()
    for (let round = 0; round < 100; round += 1) statuses.add((await probe(`http://127.0.0.1:${server.port}/v1`)).status)
    expect([...statuses]).toEqual(['UNREACHABLE'])
    await server.close()
  })

  test('a reset is tried again when the provider asks for it', async () => {
    let connections = 0
    const upstream: HostileUpstream = {
      name: '',
      behave: (socket) => {
        connections += 1
        if (connections < 3) socket.resetAndDestroy()
        else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"data":[]}')
      },
    }
    const outcome = await probeHostile(upstream, { maxRetries: 2, retryBackoffInitialMs: 1 })
    expect(outcome).toMatchObject({ status: 'OK' })
  })

  test('a refusal is told although its body never ends', async () => {
    const upstream: HostileUpstream = {
      name: '',
      behave: (socket) => socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 99\r\n\r\n{"er'),
    }
    expect(await probeHostile(upstream, { timeoutMs: 500 })).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: 401 })
  })

  test('a closed port is UNREACHABLE', async () => {
    const server = await listen(createServer())
    await server.close()
    const outcome = await probe(`http://127.0.0.1:${server.port}/v1`)
    expect(outcome).toMatchObject({ status: 'UNREACHABLE' })
    expect(outcome.message).toContain('refused the connection')
  })
})

describe.concurrent('broken TLS', () => {
  const behaviours: readonly (readonly [string, HostileUpstream['behave'], RegExp])[] = [
    ['plain HTTP on the TLS port', (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /^TLS_FAILED$/],
    ['garbage', (socket) => void socket.end(Buffer.alloc(2_000, 0x16)), /^TLS_FAILED$/],
    ['closed during the handshake', (socket) => void socket.end(), /^TLS_FAILED$/],
    ['reset during the handshake', (socket) => void socket.resetAndDestroy(), /^TLS_FAILED$/],
    ['an alert', (socket) => void socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 40])), /^TLS_FAILED$/],
    ['a handshake that hangs', () => {}, /^TIMED_OUT$/],
    ['a handshake that drips', (socket) => void socket.write(Buffer.from([0x16, 3, 3, 0x10, 0])), /^TIMED_OUT$/],
  ]
  test.each(behaviours)('%s', async (_name, behave, status) => {
    const server = await startHostile({ name: '', behave })
    const outcome = await probe(`https://localhost:${server.port}/v1`, { timeoutMs: 800 }).finally(() => server.close())
    expect(outcome.status).toMatch(status)
    expect(outcome.durationMs).toBeLessThan(5_000)
  })
})

describe('names that do not answer', () => {
  const at = (resolve: (hostname: string) => Promise<readonly string[]>, timeoutMs = 30_000) => {
    const request = probeRequest({
      type: 'OPENAI',
      baseUrl: 'https://nowhere.example/v1',
      credential: apiKey(KEY),
      network: { ...DEFAULT_NETWORK, timeoutMs },
    })
    return probeConnection(request, outboundDeps({ resolve }))
  }

  test.each([
    ['an unknown name', async () => []],
    ['a failing resolver', async () => Promise.reject(new Error('ESERVFAIL'))],
  ])('%s is UNREACHABLE', async (_name, resolve) => {
    const outcome = await at(resolve)
    expect(outcome).toMatchObject({ status: 'UNREACHABLE', httpStatus: null })
    expect(outcome.message).toContain('does not resolve')
  })

  test('a resolver that hangs is TIMED_OUT', async () => {
    expect(await at(() => new Promise(() => {}), 300)).toMatchObject({ status: 'TIMED_OUT' })
  })
})

test("the operating system's resolver is the usual one", async () => {
  expect(await systemResolve('localhost')).toContain('127.0.0.1')
  await expect(systemResolve('no-such-host.invalid')).rejects.toThrow()
})
