/** What a request to the gateway tells besides its answer. */
export interface FetchEvents {
  /** The gateway refused the token. */
  readonly onUnauthenticated: () => void
  /** A stream of events has begun. */
  readonly onStream: () => void
}

/** A `fetch` that sends the token as a header, never a cookie and never to another origin, and that tells what came of it. */
export function createGatewayFetch(token: string, { onUnauthenticated, onStream }: FetchEvents): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${token}`)
    const response = await fetch(input, { ...init, headers, credentials: 'omit', cache: 'no-store', redirect: 'error' })
    if (response.status === 401) onUnauthenticated()
    if (response.ok && response.headers.get('content-type')?.startsWith('text/event-stream')) onStream()
    return response
  }
}
