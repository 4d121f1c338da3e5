import type { Socket } from 'node:net'
import { SocksClient } from 'socks'
import { Client } from 'undici'
import type { ProxyHop } from './choose-proxy.ts'
import { type Deadline, LIMITS, withinStep } from './deadline.ts'
import { onlyOnce } from './one-connection.ts'
import { OutboundError } from './outbound-error.ts'
import type { Target } from './target.ts'

/** A SOCKS5 field holds its length in one byte. */
const MAX_SOCKS_BYTES = 255

/**
 * Asks a proxy, over a connected socket, to connect to the target. It is told the target's name, not an address: proxies
 * that filter do so by name, and behind many of them the gateway cannot resolve outside names.
 */
export async function openTunnel(socket: Socket, proxy: ProxyHop, target: Target, deadline: Deadline): Promise<Socket> {
  const tunnel = proxy.protocol === 'socks5' ? socksTunnel(socket, proxy, target) : connectTunnel(socket, proxy, target)
  const limits = { deadline, stepMs: LIMITS.headersMs, message: `The proxy ${proxy.hostname} did not open a connection in time.` }
  return withinStep(tunnel, limits, () => socket.destroy())
}

async function connectTunnel(socket: Socket, proxy: ProxyHop, target: Target): Promise<Socket> {
  const authority = authorityOf(target)
  const client = new Client(`http://${authorityOf(proxy)}`, { connect: onlyOnce(socket) })
  const { statusCode } = await client.connect({ path: authority, headers: { host: authority, ...proxyAuthorization(proxy) } }).catch(() => {
    throw new OutboundError('UNREACHABLE', `The proxy ${proxy.hostname} did not answer as an HTTP proxy. Check its address and type.`)
  })
  if (statusCode === 200) return socket
  socket.destroy()
  throw new OutboundError('UNREACHABLE', connectRefusal(statusCode, proxy, target))
}

function connectRefusal(statusCode: number, proxy: ProxyHop, target: Target): string {
  if (statusCode === 407) return refusedCredentials(proxy)
  if (statusCode >= 500) return `The proxy ${proxy.hostname} cannot reach ${target.hostname} (${statusCode}). Check the base URL.`
  return `The proxy ${proxy.hostname} does not allow connections to ${target.hostname} (${statusCode}). Ask its operator.`
}

function proxyAuthorization({ credentials }: ProxyHop): Record<string, string> {
  if (credentials === null) return {}
  const token = Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64')
  return { 'proxy-authorization': `Basic ${token}` }
}

function authorityOf({ hostname, port }: { hostname: string; port: number }): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
}

async function socksTunnel(socket: Socket, proxy: ProxyHop, target: Target): Promise<Socket> {
  const { credentials } = proxy
  const texts = [target.hostname, credentials?.username ?? '', credentials?.password ?? '']
  if (texts.some((text) => Buffer.byteLength(text) > MAX_SOCKS_BYTES)) {
    throw new OutboundError('UNREACHABLE', 'SOCKS5 cannot carry a host name, user name or password of more than 255 bytes.')
  }
  const login = credentials === null ? {} : { userId: credentials.username, password: credentials.password }
  const opened = await SocksClient.createConnection({
    command: 'connect',
    proxy: { host: proxy.hostname, port: proxy.port, type: 5, ...login },
    destination: { host: target.hostname, port: target.port },
    existing_socket: socket,
    timeout: LIMITS.wholeTestMs,
  }).catch((error: unknown) => {
    throw new OutboundError('UNREACHABLE', socksRefusal(error, proxy, target))
  })
  return opened.socket
}

/** The library tells its refusals apart by text alone; only that is read, since the error holds the credentials too. */
function socksRefusal(error: unknown, proxy: ProxyHop, target: Target): string {
  const text = error instanceof Error ? error.message : ''
  if (/authentication/i.test(text)) return refusedCredentials(proxy)
  if (/NotAllowed/.test(text)) return `The proxy ${proxy.hostname} does not allow connections to ${target.hostname}. Ask its operator.`
  if (/rejected connection/.test(text)) return `The proxy ${proxy.hostname} cannot reach ${target.hostname}. Check the base URL.`
  return `The proxy ${proxy.hostname} did not answer as a SOCKS5 proxy. Check its address and type.`
}

function refusedCredentials(proxy: ProxyHop): string {
  return `The proxy ${proxy.hostname} refused its user name or password. Correct them in the network settings.`
}
