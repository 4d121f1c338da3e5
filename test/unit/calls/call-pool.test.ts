import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { CallPools } from '../../../src/calls/pools.ts'
import { type CallPool, createCallPool, type OutgoingCall } from '../../../src/upstream/client/call-pool.ts'
import { DEFAULT_NETWORK } from '../../../src/upstream/client/network-settings.ts'
import { OutboundError } from '../../../src/upstream/client/outbound-error.ts'
import type { CallFailure } from '../../../src/upstream/client/pooled-call.ts'
import { knownTarget } from '../../../src/upstream/client/target.ts'
import { listen } from '../../support/upstream/recorder.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const CALL: OutgoingCall = {
  ...{ method: 'POST', path: '/v1/x', headers: [], body: Buffer.from('{}'), firstByteMs: 60_000, idleMs: 60_000, isRepeatable: true },
}

interface Heard {
  readonly status: number | null
  readonly body: string
  readonly end: 'whole' | CallFailure
  readonly repeats: number
}

/** Makes a call and waits for its end. */
function send(pool: CallPool, more: Partial<OutgoingCall> = {}): Promise<Heard> {
  return new Promise((resolve) => {
    const heard = { status: null as number | null, body: '', repeats: 0 }
    pool.send(
      { ...CALL, ...more },
      {
        onRepeat: () => {
          heard.repeats += 1
        },
        onHead: (status) => {
          heard.status = status
        },
        onData: (chunk) => {
          heard.body += chunk.toString()
        },
        onEnd: () => resolve({ ...heard, end: 'whole' }),
        onFailure: (failure) => resolve({ ...heard, end: failure }),
      },
    )
  })
}

async function poolTo(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<CallPool> {
  const server = createServer(answer)
  const { port, close } = await listen(server)
  const pool = createCallPool(`http://127.0.0.1:${port}`, async () => connect(port, '127.0.0.1'))
  closers.push(close, () => pool.destroy(new Error('The test is over.')))
  return pool
}

const kindOf = ({ end }: Heard) => (end === 'whole' ? end : end.kind)

describe('a vendor that is silent', () => {
  test('before its answer begins, is given up', async () => {
    const pool = await poolTo(() => {})
    expect(kindOf(await send(pool, { firstByteMs: 1_000 }))).toBe('silent')
  })

  test('within its answer, is given up', async () => {
    const pool = await poolTo((_request, response) => void response.writeHead(200).write('one'))
    const heard = await send(pool, { idleMs: 1_000 })
    expect([heard.status, heard.body, kindOf(heard)]).toEqual([200, 'one', 'silent'])
  })
})

test('hints without end are an attempt to keep us busy', async () => {
  const pool = await poolTo(({ socket }) => {
    for (let index = 0; index < 100; index += 1) socket.write('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n')
  })
  expect(kindOf(await send(pool))).toBe('broken')
})

test('a few hints in front of an answer are passed over', async () => {
  const pool = await poolTo(({ socket }) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
  })
  const heard = await send(pool)
  expect([heard.status, heard.body, heard.end]).toEqual([200, 'ok', 'whole'])
})

test.each(['gzip, chunked', 'chunked, gzip', 'xchunked', 'gzip'])('a body coded as %s for its transfer is no answer', async (coding) => {
  const pool = await poolTo(({ socket }) => void socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: ${coding}\r\n\r\n2\r\nok\r\n0\r\n\r\n`))
  const heard = await send(pool)
  expect([heard.status, kindOf(heard)]).toEqual([null, 'broken'])
})

test('as many calls as come go out at once', async () => {
  const waiting: ServerResponse[] = []
  const pool = await poolTo((_request, response) => {
    waiting.push(response)
    if (waiting.length === 300) for (const each of waiting) each.end('ok')
  })
  const heard = await Promise.all(Array.from({ length: 300 }, () => send(pool)))
  expect(heard.every(({ body }) => body === 'ok')).toBe(true)
})

test('a header that cannot be sent is told as that, and its value is in no text of ours', async () => {
  const pool = await poolTo((_request, response) => void response.end())
  expect(kindOf(await send(pool, { headers: ['x-key', 'a\nb'] }))).toBe('unsendable')
})

describe('a connection that the vendor ends while the caller takes its time', () => {
  /** The answer to a caller who waits after each piece for as long as the connection may end in. */
  async function readSlowly(head: string, end: (socket: Socket) => void): Promise<Heard> {
    let vendors: Socket | undefined
    const pool = await poolTo(({ socket }) => {
      vendors = socket
      socket.write(`HTTP/1.1 200 OK\r\n${head}`)
    })
    return new Promise((resolve) => {
      const heard = { status: 200, body: '', repeats: 0 }
      const running = pool.send(CALL, {
        onRepeat: () => {},
        onHead: () => {},
        onData: (chunk) => {
          heard.body += chunk.toString()
          running.pause()
          if (vendors !== undefined) end(vendors)
          void pause(50).then(() => running.resume())
        },
        onEnd: () => resolve({ ...heard, end: 'whole' }),
        onFailure: (failure) => resolve({ ...heard, end: failure }),
      })
    })
  }

  test.each([
    ['that has no length', '\r\nabc', 'whole'],
    ['that ends with it', 'connection: close\r\ncontent-length: 3\r\n\r\nabc', 'whole'],
    ['that is cut', 'connection: close\r\ncontent-length: 4\r\n\r\nabc', 'broken'],
    ['that is cut between its chunks', 'connection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n', 'broken'],
  ])('ends an answer %s only when that was read', async (_title, head, end) => {
    const heard = await readSlowly(head, (socket) => void socket.end())
    expect([heard.body, kindOf(heard)]).toEqual(['abc', end])
  })

  test.each([
    ['no length', '\r\nabc'],
    ['a length', 'connection: close\r\ncontent-length: 4\r\n\r\nabc'],
    ['chunks', 'connection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('by a reset never makes an answer with %s look complete', async (_title, head) => {
    expect(kindOf(await readSlowly(head, (socket) => void socket.resetAndDestroy()))).toBe('broken')
  })
})

describe('the address of a vendor', () => {
  test('is resolved and judged for each new connection: one that points inside by then is not dialled', async () => {
    const server = createServer((_request, response) => void response.end('ok'))
    const { port, close } = await listen(server)
    closers.push(close)
    let addresses = ['127.0.0.1']
    const allow = { private: false, loopback: true, publicHttp: true, ranges: [] }
    const policy = { allow, never: [] }
    const pools = new CallPools({
      policy,
      resolve: async () => addresses,
      proxyEnvironment: { httpsProxy: null, httpProxy: null, noProxy: null },
    })
    closers.push(() => pools.destroy())
    const endpoint = knownTarget(`http://vendor.example:${port}/v1`)
    const provider = (connectionKey: string) => ({ id: 'p', connectionKey, openNetwork: () => DEFAULT_NETWORK })
    expect((await send(pools.poolFor(provider('1'), endpoint))).body).toBe('ok')
    addresses = ['169.254.169.254']
    const { end } = await send(pools.poolFor(provider('2'), endpoint))
    const error = end === 'whole' ? null : end.error
    expect(error instanceof OutboundError ? error.failure.status : error).toBe('BLOCKED_ADDRESS')
  })
})
