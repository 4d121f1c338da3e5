import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { type GatewayProcess, startedProcess, temporaryFolder } from '../support/gateway-process.ts'
import { ask, createProvider, LIST_PROVIDERS } from '../support/over-http.ts'
import { useStarted } from '../support/use-started.ts'

describe('a gateway that serves', () => {
  const folder = temporaryFolder()

  const gateway = useStarted(() => startedProcess(folder.path))
  afterAll(() => {
    folder.remove()
  })

  it.each([
    ['/healthz', 'ok'],
    ['/readyz', 'ready'],
  ])('says at %s, to anybody, how it is', async (path, status) => {
    const response = await fetch(gateway.url + path)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status })
  })

  const json = { 'content-type': 'application/json' }
  const post = (body: string, headers: Record<string, string> = json): RequestInit => ({ method: 'POST', headers, body })
  const list = JSON.stringify({ query: LIST_PROVIDERS })
  const answers: readonly [what: string, path: string, init: RequestInit, status: number][] = [
    ['health', '/healthz', {}, 200],
    ['readiness', '/readyz', {}, 200],
    ['the way to GraphiQL', '/', { redirect: 'manual' }, 302],
    ['GraphiQL', '/graphql', { headers: { accept: 'text/html' } }, 200],
    ['data', '/graphql', post(list), 200],
    ['no token', '/graphql', post(list, { ...json, authorization: '' }), 401],
    ['a wrong token', '/graphql', post(list, { ...json, authorization: 'Bearer gw_wrong' }), 401],
    ['an unknown field', '/graphql', post('{"query":"{ nothing }"}', { ...json, accept: 'application/graphql-response+json' }), 400],
    ['broken JSON', '/graphql', post('{'), 400],
    ['another content type', '/graphql', post(list, { 'content-type': 'text/plain' }), 415],
    ['a body that is too large', '/graphql', post(JSON.stringify({ query: ' '.repeat(3_000_000) })), 413],
    ['an unknown place', '/nothing-here', {}, 404],
    ['an unknown REST path', '/api/nothing-here', {}, 404],
  ]

  it.each(answers)('puts its security headers on its answer: %s', async (_what, path, init, status) => {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${gateway.token}`)
    const response = await fetch(gateway.url + path, { ...init, headers })
    await response.arrayBuffer()
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(response.headers.has('x-powered-by')).toBe(false)
    expect(response.headers.has('server')).toBe(false)
  })
})

describe('a gateway that is asked to stop', () => {
  /** A gateway with a request in flight: its connection test waits for an upstream that answers when it is told to. */
  async function withRequestInFlight(work: (gateway: GatewayProcess, answer: ReturnType<typeof ask>, finish: () => void) => Promise<void>) {
    const folder = temporaryFolder()
    const waiting: ServerResponse[] = []
    const upstream = createServer((_request, response) => void waiting.push(response))
    await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve))
    const { port } = upstream.address() as AddressInfo
    const gateway = await startedProcess(folder.path, { OUTBOUND_ALLOW: 'loopback' })
    try {
      await createProvider(gateway, gateway.token, { name: 'slow', baseUrl: `http://127.0.0.1:${port}/v1` })
      const test =
        'mutation { testConnection(input: { saved: { provider: { name: "slow" } } }) { ... on TestConnectionPayload { success } } }'
      const arrived = once(upstream, 'request')
      const answer = ask(gateway, gateway.token, test)
      await arrived
      await work(gateway, answer, () => {
        for (const response of waiting) response.writeHead(401).end('{}')
      })
    } finally {
      await gateway.stop()
      upstream.closeAllConnections()
      upstream.close()
      folder.remove()
    }
  }

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('answers what is in flight, takes nothing new, and ends at %s', async (signal) => {
    await withRequestInFlight(async (gateway, answer, finish) => {
      const exited = once(gateway.child, 'exit')
      gateway.child.kill(signal)
      await expect.poll(() => gateway.output()).toContain('stopping')
      await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow()
      expect(gateway.child.exitCode).toBeNull()
      finish()
      expect(await answer).toEqual({ status: 200, text: expect.stringContaining('"success":false') })
      const answered = performance.now()
      expect(await exited).toEqual([0, null])
      expect(performance.now() - answered).toBeLessThan(5_000)
    })
  })

  it('is unready first, for as long as STOP_DELAY_SECONDS says, and still takes whatever comes', async () => {
    const folder = temporaryFolder()
    try {
      const gateway = await startedProcess(folder.path, { STOP_DELAY_SECONDS: '600' })
      const exited = once(gateway.child, 'exit')
      const status = async (path: string) => (await fetch(`${gateway.url}${path}`)).status
      expect(await status('/readyz')).toBe(200)
      gateway.child.kill('SIGTERM')
      await expect.poll(() => status('/readyz')).toBe(503)
      expect([await status('/healthz'), await status('/console'), await status('/ai')]).toEqual([200, 200, 401])
      gateway.child.kill('SIGTERM')
      expect(await exited).toEqual([1, null])
    } finally {
      folder.remove()
    }
  })

  it('does not wait when it is asked twice', async () => {
    await withRequestInFlight(async (gateway, answer) => {
      const exited = once(gateway.child, 'exit')
      const lost = expect(answer).rejects.toThrow()
      gateway.child.kill('SIGTERM')
      await expect.poll(() => gateway.output()).toContain('stopping')
      const asked = performance.now()
      gateway.child.kill('SIGTERM')
      expect(await exited).toEqual([1, null])
      expect(performance.now() - asked).toBeLessThan(2_000)
      await lost
    })
  })
})
