import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { type buildConnector, Client, Pool } from 'undici'
import { type CallFailure, PooledCall } from './pooled-call.ts'
import { readInSteps } from './read-in-steps.ts'

/** One request as it is written to the wire. */
export interface OutgoingCall {
  readonly method: string
  /** Path and query, byte for byte. */
  readonly path: string
  /** Name and value in turns, without what describes the connection. `content-length` only for a stream whose length is known. */
  readonly headers: readonly string[]
  readonly body: Buffer | Readable | null
  /** How long the vendor may take to begin its answer, in milliseconds. */
  readonly firstByteMs: number
  /** How long it may be silent within its answer, in milliseconds. */
  readonly idleMs: number
  /** Whether it is sent again on a fresh connection when a reused one is found closed. */
  readonly isRepeatable: boolean
}

/** Hears what becomes of one call. `onEnd` or `onFailure` is the last that it hears, unless it aborts. */
export interface CallListener {
  /** The request is sent again: the vendor had closed the connection before it read the request. */
  onRepeat(): void
  /** @param headers name and value in turns. */
  onHead(status: number, headers: readonly string[]): void
  onData(chunk: Buffer): void
  onEnd(): void
  onFailure(failure: CallFailure): void
}

/** One call under way. */
export interface RunningCall {
  /** Ends the call at once; its listener hears nothing more. */
  abort(): void
  /** Stops reading the answer, and so the vendor, until `resume`. */
  pause(): void
  resume(): void
}

/** Connections to one destination that are used again. */
export interface CallPool {
  send(call: OutgoingCall, listener: CallListener): RunningCall
  /** Takes no new calls; those under way run to their end. */
  close(): void
  /** Ends everything; calls under way fail with this. */
  destroy(reason: Error): void
}

const SETTINGS = {
  pipelining: 1,
  allowH2: false,
  // Shorter than vendors keep connections, so that few are found closed.
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 30_000,
  maxHeaderSize: 32_768,
} as const

/**
 * A pool to one origin, with as many connections as there are calls at once: `CALLS_PER_PROVIDER` bounds these.
 * @param connect opens and checks each new connection; what it throws becomes the failure of the calls that wait for it.
 */
export function createCallPool(origin: string, connect: () => Promise<Socket>): CallPool {
  const connector: buildConnector.connector = (_options, callback) => {
    connect().then(
      (socket) => callback(null, readInSteps(socket)),
      (error: unknown) => callback(error instanceof Error ? error : new Error('The connection failed.'), null),
    )
  }
  const pool = new Pool(origin, { ...SETTINGS, connect: connector })
  return {
    send: (call, listener) => {
      const repeat = (exchange: PooledCall) => {
        // A connection of its own: another one of the pool might be as stale as the first.
        const client = new Client(origin, { ...SETTINGS, connect: connector })
        exchange.dispatch(client)
        void client.close().catch(() => {})
      }
      const exchange = new PooledCall(call, listener, repeat)
      exchange.dispatch(pool)
      return exchange
    },
    close: () => void pool.close().catch(() => {}),
    destroy: (reason) => void pool.destroy(reason).catch(() => {}),
  }
}
