import type { TestGateway } from './gateway.ts'

/** One open subscription of a client. */
export interface TestSubscription<Data> {
  readonly status: number
  readonly headers: Headers
  /** The results received so far. */
  readonly received: readonly { readonly data?: Data | null; readonly errors?: readonly { extensions: { code: string } }[] }[]
  /** Waits until there are as many results; fails after some seconds. */
  atLeast(count: number): Promise<readonly Data[]>
  /** Resolves when the server ends the stream, with whether it said so. */
  readonly ended: Promise<{ readonly complete: boolean }>
  /** Goes away without a word. */
  leave(): void
}

const PATIENCE_MS = 10_000

/** Subscribes as a client does: a request that accepts events, by POST or by GET. */
export async function subscribe<Data>(
  gateway: Pick<TestGateway, 'fetch' | 'adminToken'>,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  { token = gateway.adminToken, method = 'POST' }: { token?: string | null; method?: 'GET' | 'POST' } = {},
): Promise<TestSubscription<Data>> {
  const leave = new AbortController()
  const headers = { accept: 'text/event-stream', ...(token === null ? {} : { authorization: `Bearer ${token}` }) }
  const response = await (method === 'POST'
    ? gateway.fetch('/graphql', {
        method,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        signal: leave.signal,
      })
    : gateway.fetch(`/graphql?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`, { headers, signal: leave.signal }))

  const received: { data?: Data | null }[] = []
  const waiting = new Set<() => void>()
  const read = async (): Promise<{ complete: boolean }> => {
    let complete = false
    for await (const event of eventsOf(response)) {
      if (event.startsWith('event: complete')) complete = true
      const [, data] = /^event: next\ndata: (.+)$/m.exec(event) ?? []
      if (data !== undefined) received.push(JSON.parse(data))
      for (const look of waiting) look()
    }
    return { complete }
  }
  const ended = read().catch(() => ({ complete: false }))

  const atLeast = (count: number): Promise<readonly Data[]> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`Only ${received.length} of ${count} results came: ${JSON.stringify(received)}`)),
        PATIENCE_MS,
      )
      const look = () => {
        if (received.length < count) return
        clearTimeout(late)
        waiting.delete(look)
        resolve(received.flatMap(({ data }) => (data == null ? [] : [data])))
      }
      waiting.add(look)
      look()
    })
  return { status: response.status, headers: response.headers, received, atLeast, ended, leave: () => leave.abort() }
}

async function* eventsOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    const events = (text + decoder.decode(part.value, { stream: true })).split('\n\n')
    text = events.pop() ?? ''
    yield* events
  }
}
