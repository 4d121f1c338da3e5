import { createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_NETWORK } from '../../../src/upstream/client/network-settings.ts'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { BROKEN, ENDLESS, FLOODS, type HostileUpstream, startHostile } from '../../support/upstream/hostile-upstreams.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { listen } from '../../support/upstream/recorder.ts'

const KEY = 'sk-proj-4f9a2c71d0e83b56'
const PASSWORD = 'proxy-password-0123456789'

function probeThrough(type: 'HTTP' | 'SOCKS5', port: number, timeoutMs = 500) {
  const proxy = { type, url: `${type === 'HTTP' ? 'http' : 'socks5'}://127.0.0.1:${port}`, username: 'ann', password: PASSWORD } as const
  const network = { ...DEFAULT_NETWORK, timeoutMs, proxy }
  return probeConnection(
    probeRequest({ type: 'OPENAI', baseUrl: 'https://api.vendor.example/v1', credential: apiKey(KEY), network }),
    outboundDeps(),
  )
}

async function expectCoded(type: 'HTTP' | 'SOCKS5', upstream: HostileUpstream): Promise<void> {
  const server = await startHostile(upstream)
  const outcome = await probeThrough(type, server.port).finally(() => server.close())
  expect({ name: upstream.name, status: outcome.status }).toEqual({
    name: upstream.name,
    status: expect.stringMatching(/^(?:UNREACHABLE|TIMED_OUT|TLS_FAILED)$/),
  })
  expect(outcome.durationMs).toBeLessThan(4_000)
  expect(outcome.message).not.toContain(PASSWORD)
}

describe.concurrent('a proxy that misbehaves ends in a coded outcome', () => {
  const upstreams = [...ENDLESS, ...FLOODS, ...BROKEN]
  test.each(upstreams)('HTTP: $name', (upstream) => expectCoded('HTTP', upstream))
  test.each(upstreams)('SOCKS5: $name', (upstream) => expectCoded('SOCKS5', upstream))
})

/** Sends these bytes, one piece for each thing that the client says. */
function scripted(pieces: readonly Uint8Array[]) {
  return createServer((socket) => {
    const left = [...pieces]
    socket.on('data', () => {
      const piece = left.shift()
      if (piece) socket.write(piece)
      else socket.end()
    })
  })
}

test('no bytes of a SOCKS5 proxy harm the gateway', async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 })
  const piece = fc.oneof(
    bytes,
    fc
      .constantFrom([5, 2], [5, 0], [5, 255], [1, 0], [1, 1], [5, 0, 0, 3, 255], [5, 0, 0, 9, 1, 1, 1, 1, 0, 0])
      .map((list) => Uint8Array.from(list)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 4 }), async (pieces) => {
      const server = await listen(scripted(pieces))
      const outcome = await probeThrough('SOCKS5', server.port, 100).finally(() => server.close())
      expect(outcome.status).toMatch(/^(?:UNREACHABLE|TIMED_OUT|TLS_FAILED)$/)
    }),
    { numRuns: 60 },
  )
})

test.each([
  ['a user name', { username: 'u'.repeat(256), password: 'p' }],
  ['a password', { username: 'u', password: 'ü'.repeat(128) }],
])('%s that SOCKS5 cannot carry is told, and not sent', async (_name, login) => {
  const server = await startHostile({ name: '', behave: () => {} })
  const proxy = { type: 'SOCKS5', url: `socks5://127.0.0.1:${server.port}`, ...login } as const
  const request = probeRequest({
    type: 'OPENAI',
    baseUrl: 'https://a.example/v1',
    credential: apiKey(KEY),
    network: { ...DEFAULT_NETWORK, proxy },
  })
  const outcome = await probeConnection(request, outboundDeps()).finally(() => server.close())
  expect(outcome.status).toBe('UNREACHABLE')
  expect(outcome.message).toContain('255 bytes')
})
