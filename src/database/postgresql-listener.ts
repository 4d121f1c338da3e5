import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'

/** Within one database: gateways that share one in different schemas wake each other, which does no harm. */
export const CHANNEL = 'ai_provider_gateway'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** How long the server may take to close a connection. */
const GOODBYE_MS = 1_000

export interface Listener {
  close(): Promise<void>
}

/**
 * Listens, on a connection of its own, for what other processes announce, and connects again for as long as it must.
 * Each new connection wakes too: nobody knows what was announced while there was none.
 */
export function listenToPostgresql(config: ClientConfig, wake: () => void): Listener {
  const stop = new AbortController()

  async function listenOnce(): Promise<void> {
    const client = new Client(config)
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve)
      // The end of the connection follows an error; without a listener the error would end the process.
      client.on('error', () => void client.end().catch(() => {}))
    })
    // The driver's promises stay open when a connection is ended while it is being made, and when the server is silent.
    const end = () => Promise.race([client.end().catch(() => {}), ended, sleep(GOODBYE_MS, undefined, { ref: false })])
    stop.signal.addEventListener('abort', end, { once: true })
    try {
      await Promise.race([client.connect(), ended])
      if (stop.signal.aborted) return
      client.on('notification', wake)
      await Promise.race([client.query(`LISTEN ${CHANNEL}`), ended])
      wake()
      await ended
    } finally {
      stop.signal.removeEventListener('abort', end)
      await end()
    }
  }

  async function listenForever(): Promise<void> {
    let pause = FIRST_PAUSE_MS
    while (!stop.signal.aborted) {
      const started = performance.now()
      await listenOnce().catch(() => {})
      pause = performance.now() - started > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS)
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: stop.signal }).catch(() => {})
    }
  }

  const finished = listenForever()
  return {
    close: () => {
      stop.abort()
      return finished
    },
  }
}
