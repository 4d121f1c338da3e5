import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { coderClient, newProvider, PROVIDERS } from '../support/coder-client.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway()
const client = coderClient(gateway)

/** Sends pieces of a request with a pause behind each, and waits until the connection ends, at whatever side. */
function sendSlowly(pieces: readonly string[], pauseMs: number, then: 'close' | 'wait' = 'wait'): Promise<string> {
  const { hostname, port } = new URL(gateway.url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, async () => {
      for (const piece of pieces) {
        if (!socket.writable) return
        socket.write(piece)
        await sleep(pauseMs)
      }
      if (then === 'close') socket.destroy()
    })
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', () => resolve(text))
  })
}

const head = () => `POST ${PROVIDERS} HTTP/1.1\r\nhost: x\r\ncoder-session-token: ${gateway.adminToken}\r\ncontent-length: 1000\r\n\r\n`
const drops = (text: string, count: number) => [text, ...Array<string>(count).fill('x')]

/** An answer of Node's own making has what every answer has. */
function expectRefusal(answer: string, status: number): void {
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  for (const header of [
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    "frame-ancestors 'none'",
    'x-request-id: ',
    'connection: close',
  ])
    expect(answer).toContain(header)
}

describe('requests that do not end', () => {
  it.concurrent('are forgotten when their client goes away, and create nothing', async () => {
    const before = await client.list()
    expect(await sendSlowly([head() + JSON.stringify(newProvider({ name: 'half-a-request' }))], 100, 'close')).toBe('')
    expect(await client.list()).toEqual(before)
  })

  it.concurrent('are cut off when their body stands still', { timeout: 60_000 }, async () => {
    expectRefusal(await sendSlowly([`${head()}{"name":`], 0), 408)
    expect((await client.send('GET', PROVIDERS)).status).toBe(200)
  })

  it.concurrent('are cut off when their body comes drop by drop', { timeout: 60_000 }, async () => {
    expectRefusal(await sendSlowly(drops(`${head()}{"name":`, 60), 1_000), 408)
  })

  it.concurrent('are cut off when their headers come drop by drop', { timeout: 60_000 }, async () => {
    expectRefusal(await sendSlowly(drops('GET /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ', 60), 1_000), 408)
  })
})

describe('a client that listens only when it has sent everything, and then no more', () => {
  // More than the largest body, and no more than is read of what is refused.
  const body = 'x'.repeat(1_000_001)

  /** Sends a request on a connection of its own, and says whether all of it was taken, and what came back. */
  function sendAll(headers: string): Promise<{ problem: Error | null; answer: string }> {
    const { hostname, port } = new URL(gateway.url)
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname)
      let answer = ''
      let problem: Error | null = null
      socket.on('data', (chunk) => {
        answer += chunk.toString()
      })
      socket.on('error', (error) => {
        problem = error
      })
      socket.on('close', () => resolve({ problem, answer }))
      socket.write(`POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`)
    })
  }

  it.each([
    ['a body that is too large', true, 413],
    ['no token', false, 401],
  ] as const)('is not cut off, and hears the answer, with %s', async (_what, hasToken, status) => {
    const token = hasToken ? `authorization: Bearer ${gateway.adminToken}\r\n` : ''
    const { problem, answer } = await sendAll(`content-type: application/json\r\n${token}`)
    expect(problem).toBeNull()
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })
})

describe('bytes that are no request', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['headers that are too large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx', 400],
    [
      'a length beside chunks',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['two hosts', 'GET /healthz HTTP/1.1\r\nhost: x\r\nHost: yyyy\r\n\r\n', 400],
    ['an expectation that nothing meets', 'POST /graphql HTTP/1.1\r\nhost: x\r\nexpect: yyyy\r\ncontent-length: 9\r\n\r\n', 417],
    ['a request for a tunnel', 'CONNECT yyyy:443 HTTP/1.1\r\nhost: yyyy:443\r\n\r\n', 405],
  ] as const)('%s: an answer like all others, which repeats none of them', async (_name, bytes, status) => {
    const answer = await sendSlowly([bytes], 0)
    expectRefusal(answer, status)
    expect(answer).not.toContain('yyyy')
  })
})
