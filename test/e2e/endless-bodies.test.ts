import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { UNREAD } from '../../src/http/unread-body.ts'
import { rootMounts } from '../../src/rest/mounts.ts'
import { useGateway } from '../support/use.ts'

const gateway = useGateway({ environment: { ROOT_DIALECT: 'bifrost' } })

/** What the buffers of the system hold at both ends, beside what the gateway reads. */
const SYSTEM_BYTES = 20_000_000
const CHUNK = `10000\r\n${' '.repeat(65_536)}\r\n`

/** Sends a body without an end and without a length; returns the status and how much of it left. */
async function sendEndless(method: string, path: string, token: string): Promise<{ status: number; sent: number }> {
  const { hostname, port } = new URL(gateway.url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  let answer = ''
  let isOver = false
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text
  })
  socket.on('error', () => {})
  const ended = once(socket, 'end').then(() => {
    isOver = true
  })
  socket.write(
    `${method} ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
  )
  while (!isOver) if (!socket.write(CHUNK)) await Promise.race([once(socket, 'drain'), ended])
  const sent = socket.bytesWritten
  socket.destroy()
  return { status: Number(/^HTTP\/1.1 (\d+) /.exec(answer)?.[1]), sent }
}

interface Target {
  readonly method: string
  readonly path: string
  readonly maxBodyBytes: number
}

/** Every route of every dialect, and what is beside them. */
const TARGETS: readonly Target[] = [
  ...rootMounts('bifrost').flatMap(({ dialect, prefix }) =>
    dialect.routes.map(({ method, path, maxBodyBytes }) => ({
      method,
      path: `${prefix}${path.replace(/:\w+/g, 'nothing')}`,
      maxBodyBytes,
    })),
  ),
  ...['POST', 'PUT'].map((method) => ({ method, path: '/graphql', maxBodyBytes: 1_000_000 })),
  ...['GET', 'DELETE', 'POST'].flatMap((method) =>
    ['/healthz', '/', '/nowhere', '/api/nowhere', '/console', '/docs', '/docs/rest', '/metrics'].map((path) => ({
      method,
      path,
      maxBodyBytes: 0,
    })),
  ),
  { method: 'GET', path: '/graphql?query={viewer{role}}', maxBodyBytes: 0 },
]

test.each(TARGETS)('an endless body to $method $path is left unread, and the client hears why', async ({ method, path, maxBodyBytes }) => {
  const { status, sent } = await sendEndless(method, path, gateway.adminToken)
  if (maxBodyBytes > 0) expect(status).toBe(413)
  else expect(status).toBeLessThan(500)
  expect(sent).toBeLessThan(maxBodyBytes + UNREAD.bytes + SYSTEM_BYTES)
})

test('an endless body without a valid token is left unread too', async () => {
  for (const path of ['/graphql', '/api/v2/ai/providers', '/bifrost/api/providers']) {
    const { status, sent } = await sendEndless('POST', path, 'gw_wrong')
    expect(status).toBe(401)
    expect(sent).toBeLessThan(UNREAD.bytes + SYSTEM_BYTES)
  }
})
