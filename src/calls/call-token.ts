import type { IncomingHttpHeaders } from 'node:http'

/** Where the token of a call stood. */
export interface CallToken {
  readonly value: string
  readonly slot: 'coder-session-token' | 'authorization' | 'x-api-key' | 'api-key' | 'x-goog-api-key'
}

/**
 * The gateway's token in the slot of whichever SDK sent the call, or null. The first slot that is not empty counts, even
 * when it is wrong; `Authorization` counts with the scheme Bearer only. Never from the URL.
 */
export function findCallToken(headers: IncomingHttpHeaders): CallToken | null {
  return (
    plain(headers, 'coder-session-token') ??
    bearer(headers) ??
    plain(headers, 'x-api-key') ??
    plain(headers, 'api-key') ??
    plain(headers, 'x-goog-api-key')
  )
}

/** For a provider whose callers bring a credential of their own in `Authorization`: the token is in one of two other slots. */
export function findTokenBesideCredential(headers: IncomingHttpHeaders): CallToken | null {
  return plain(headers, 'coder-session-token') ?? plain(headers, 'x-api-key')
}

/** Whether a caller signs requests as AWS's SDKs do with a key pair: nobody here can check such a signature. */
export function isAwsSignature(headers: IncomingHttpHeaders): boolean {
  return /^aws4-/i.test(headers.authorization ?? '')
}

function plain(headers: IncomingHttpHeaders, slot: CallToken['slot']): CallToken | null {
  const text = headers[slot]
  const value = typeof text === 'string' ? text.trim() : ''
  return value === '' ? null : { value, slot }
}

function bearer({ authorization = '' }: IncomingHttpHeaders): CallToken | null {
  const [, value] = /^bearer +(\S+)\s*$/i.exec(authorization) ?? []
  return value === undefined ? null : { value, slot: 'authorization' }
}
