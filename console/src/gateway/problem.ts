import type { CombinedError } from '@urql/core'

/** What kept a request from its answer, in the terms of what the person can do about it. */
export interface Problem {
  readonly kind: 'signed-out' | 'forbidden' | 'unavailable' | 'busy' | 'offline' | 'unacceptable' | 'other'
  readonly message: string
  /** When the gateway asks to be tried again, in seconds. */
  readonly retryAfterSeconds: number | null
}

const KINDS: Readonly<Record<string, Problem['kind']>> = {
  UNAUTHENTICATED: 'signed-out',
  FORBIDDEN: 'forbidden',
  SERVICE_UNAVAILABLE: 'unavailable',
  RATE_LIMITED: 'busy',
  BAD_USER_INPUT: 'unacceptable',
}

/** Reads what went wrong from an error of the client. */
export function problemOf(error: CombinedError): Problem {
  const response: unknown = error.response
  const retryAfter = response instanceof Response ? Number(response.headers.get('retry-after') ?? Number.NaN) : Number.NaN
  const retryAfterSeconds = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null
  const [first] = error.graphQLErrors
  if (first !== undefined) {
    const kind = KINDS[String(first.extensions.code)] ?? 'other'
    return { kind, message: first.message, retryAfterSeconds }
  }
  if (response instanceof Response && response.status >= 500)
    return { kind: 'unavailable', message: `The gateway, or a proxy in front of it, answered ${response.status}.`, retryAfterSeconds }
  return { kind: 'offline', message: 'The gateway does not answer. It may be restarting, or the network is down.', retryAfterSeconds: null }
}

/** Faults that may come behind a change: its answer is read afterwards, and the database may fail while it keeps the change. */
const AFTERWARDS: readonly unknown[] = ['SERVICE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']

/** Whether a change may have been made though the gateway has not said so: what was lost may be the answer alone. */
export function mayBeMade(error: CombinedError | undefined): boolean {
  return error === undefined || error.graphQLErrors.every(({ extensions }) => AFTERWARDS.includes(extensions.code))
}

/** Why a change has no result, in words. */
export function whyNoResult(error: CombinedError | undefined): string {
  const message = error === undefined ? 'The gateway did not answer.' : problemOf(error).message
  return mayBeMade(error) ? `${message} The change may have been made: check before you try again.` : message
}
