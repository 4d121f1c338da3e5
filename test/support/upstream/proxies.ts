import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { listen } from './recorder.ts'

/** One connection that a proxy was asked for. */
export interface ProxiedConnection {
  /** As the client named it: `host:port`. */
  readonly authority: string
  /** `user:password`; null when the client gave none. */
  readonly credentials: string | null
}

export interface TestProxy {
  readonly port: number
  readonly connections: ProxiedConnection[]
  close(): Promise<void>
}

export interface ProxyBehaviour {
  /** `user:password` that the proxy wants; null when it lets everyone in. */
  readonly credentials: string | null
  /** The loopback port that stands for `host:port`; null when the proxy may not or cannot connect there. */
  readonly route: (authority: string) => number | null
}

/** A real HTTP proxy that answers CONNECT. */
export async function startHttpProxy(behaviour: ProxyBehaviour): Promise<TestProxy> {
  const connections: ProxiedConnection[] = []
  const server = createHttpServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const connection = { authority: request.url ?? '', credentials: basicCredentials(request.headers['proxy-authorization']) }
    connections.push(connection)
    const isWelcome = behaviour.credentials === null || connection.credentials === behaviour.credentials
    const port = isWelcome ? behaviour.route(connection.authority) : null
    if (!isWelcome)
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n')
    else if (port === null) client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n')
    else {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      join(client, port)
    }
  })
  return { connections, ...(await listen(server)) }
}

function basicCredentials(header: string | undefined): string | null {
  const token = /^Basic (.+)$/.exec(header ?? '')?.[1]
  return token === undefined ? null : Buffer.from(token, 'base64').toString('utf8')
}

function join(client: Socket, port: number): void {
  const upstream = connect({ host: '127.0.0.1', port })
  upstream.on('error', () => client.destroy())
  client.on('error', () => upstream.destroy())
  client.pipe(upstream).pipe(client)
}

/** A real SOCKS5 proxy (RFC 1928) with user name and password (RFC 1929). */
export async function startSocksProxy(behaviour: ProxyBehaviour): Promise<TestProxy> {
  const connections: ProxiedConnection[] = []
  const server = createServer(async (client) => {
    const bytes = reader(client)
    try {
      await serveSocks(client, bytes, behaviour, connections)
    } catch {
      client.destroy()
    }
  })
  return { connections, ...(await listen(server)) }
}

async function serveSocks(client: Socket, bytes: Reader, behaviour: ProxyBehaviour, connections: ProxiedConnection[]): Promise<void> {
  const [, methodCount = 0] = await bytes.take(2)
  const methods = await bytes.take(methodCount)
  const wanted = behaviour.credentials === null ? 0 : 2
  if (!methods.includes(wanted)) return void client.end(Buffer.from([5, 0xff]))
  client.write(Buffer.from([5, wanted]))
  const credentials = wanted === 2 ? await readCredentials(bytes) : null
  if (credentials !== behaviour.credentials) {
    connections.push({ authority: '', credentials })
    return void client.end(Buffer.from([1, 1]))
  }
  if (wanted === 2) client.write(Buffer.from([1, 0]))
  const authority = await readAuthority(bytes)
  connections.push({ authority, credentials })
  const port = behaviour.route(authority)
  client.write(Buffer.from([5, port === null ? 4 : 0, 0, 1, 0, 0, 0, 0, 0, 0]))
  if (port === null) return void client.end()
  bytes.release()
  join(client, port)
}

async function readCredentials(bytes: Reader): Promise<string> {
  const [, nameLength = 0] = await bytes.take(2)
  const name = await bytes.take(nameLength)
  const [passwordLength = 0] = await bytes.take(1)
  return `${name.toString()}:${(await bytes.take(passwordLength)).toString()}`
}

async function readAuthority(bytes: Reader): Promise<string> {
  const [, , , kind] = await bytes.take(4)
  const host =
    kind === 3 ? (await bytes.take((await bytes.take(1))[0] ?? 0)).toString() : addressText(await bytes.take(kind === 4 ? 16 : 4))
  return `${host}:${(await bytes.take(2)).readUInt16BE()}`
}

function addressText(bytes: Buffer): string {
  return bytes.length === 4 ? [...bytes].join('.') : (bytes.toString('hex').match(/.{4}/g) ?? []).join(':')
}

interface Reader {
  take(count: number): Promise<Buffer>
  release(): void
}

/** Reads a socket by byte counts, and gives it back unread when released. */
function reader(socket: Socket): Reader {
  let buffered = Buffer.alloc(0)
  let wake = () => {}
  const onData = (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    wake()
  }
  socket.on('data', onData)
  socket.on('close', () => wake())
  return {
    async take(count) {
      while (buffered.length < count) {
        if (socket.destroyed) throw new Error('The client went away.')
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const taken = buffered.subarray(0, count)
      buffered = buffered.subarray(count)
      return taken
    },
    release() {
      socket.off('data', onData)
      socket.pause()
      if (buffered.length > 0) socket.unshift(buffered)
    },
  }
}
