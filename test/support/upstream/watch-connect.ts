import { isIP, Socket } from 'node:net'

export interface Attempt {
  readonly host: string
  readonly port: number
}

/** Every TCP connection that this process opens while watched, seen below the code under test. */
export interface ConnectWatch {
  readonly attempts: Attempt[]
  stop(): void
}

type Connect = (this: Socket, ...parts: unknown[]) => Socket

/**
 * Replaces the one function through which every TCP client of Node connects. Connections to loopback go on; any other is
 * noted and refused at once, so that a test can speak of public addresses without a network. `divert` sends a connection
 * to another port of the loopback interface instead, as a hijacked route would.
 */
export function watchConnect(divert: (attempt: Attempt) => number | null = () => null): ConnectWatch {
  const attempts: Attempt[] = []
  const original: unknown = Reflect.get(Socket.prototype, 'connect')
  if (typeof original !== 'function') throw new Error('Node has changed where it connects.')
  const connectReally = (socket: Socket, parts: unknown[]): Socket => Reflect.apply(original, socket, parts)
  const watched: Connect = function watched(...parts) {
    const attempt = attemptIn(parts)
    attempts.push(attempt)
    const port = divert(attempt)
    if (port !== null) return connectReally(this, [{ host: '127.0.0.1', port }])
    if (attempt.host.startsWith('127.') || attempt.host === '::1') return connectReally(this, parts)
    process.nextTick(() => this.destroy(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })))
    return this
  }
  Reflect.set(Socket.prototype, 'connect', watched)
  return { attempts, stop: () => Reflect.set(Socket.prototype, 'connect', original) }
}

/** Node normalizes its arguments into an array of options and a callback before it gets here, or passes them as given. */
function attemptIn(parts: readonly unknown[]): Attempt {
  const first = Array.isArray(parts[0]) ? parts[0][0] : parts[0]
  if (typeof first !== 'object' || first === null) throw new Error('A connection was opened in a way that is not watched.')
  const host = 'host' in first && typeof first.host === 'string' ? first.host : 'path' in first ? String(first.path) : ''
  const port = 'port' in first ? Number(first.port) : 0
  if (isIP(host) === 0) throw new Error(`A connection was opened to a name: ${host}`)
  return { host, port }
}
