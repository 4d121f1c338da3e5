/** What a request to the gateway tells besides its answer. */
export interface FetchEvents {
  /** The gateway refused the token. */
  readonly onUnauthenticated: () => void
  /** A stream of events has begun. */
  readonly onStream: () => void
}

interface GatewayFetch {
  readonly fetch: typeof fetch
  /** Goes on with another token. */
  readonly renew: (token: string) => void
}

/** A `fetch` that sends the token as a header, never a cookie and never to another origin, and that tells what came of it. */
export function createGatewayFetch(token: string, { onUnauthenticated, onStream }: FetchEvents): GatewayFetch {
  let current: string | null = token
  const fetchAsSession: typeof fetch = async (input, init) => {
    // A token that was refused stays refused: nothing more is asked for with it.
    if (current === null) throw new Error('The access token is no longer valid.')
    const sent = current
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${sent}`)
    const response = await fetch(input, { ...init, headers, credentials: 'omit', cache: 'no-store', redirect: 'error' })
    if (response.status === 401 && sent === current) {
      current = null
      onUnauthenticated()
    }
    if (response.ok && response.headers.get('content-type')?.startsWith('text/event-stream')) onStream()
    return response
  }
  const renew = (next: string) => {
    current = next
  }
  return { fetch: fetchAsSession, renew }
}
