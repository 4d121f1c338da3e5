import type { IncomingHttpHeaders } from 'node:http'

/** Where the token of a call stood. */
export interface CallToken {
  readonly value: string
  /** The name of a header, in lower case. */
  readonly slot: string
}

/** Where SDKs put the key of their vendor, in the order in which the slots are looked at. */
const KEY_SLOTS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const
/** Where a caller may put the gateway's token. None of them is ever passed on. */
export const TOKEN_SLOTS: readonly string[] = ['authorization', ...KEY_SLOTS]

/**
 * The gateway's token in the slot of whichever SDK sent the call, or null. The first slot that is not empty counts, even
 * when it is wrong; `Authorization` counts with the scheme Bearer only. Never from the URL.
 * @param tokenHeaders the slots that are no SDK's, which come first.
 */
export function findCallToken(headers: IncomingHttpHeaders, tokenHeaders: readonly string[]): CallToken | null {
  return firstOf(headers, tokenHeaders) ?? bearer(headers) ?? firstOf(headers, KEY_SLOTS)
}

/** For a provider whose callers bring a credential of their own in `Authorization`: the token is in another slot. */
export function findTokenBesideCredential(headers: IncomingHttpHeaders, tokenHeaders: readonly string[]): CallToken | null {
  return firstOf(headers, [...tokenHeaders, 'x-api-key'])
}

/** Whether a caller signs requests as AWS's SDKs do with a key pair: nobody here can check such a signature. */
export function isAwsSignature(headers: IncomingHttpHeaders): boolean {
  return /^aws4-/i.test(headers.authorization ?? '')
}

function firstOf(headers: IncomingHttpHeaders, slots: readonly string[]): CallToken | null {
  for (const slot of slots) {
    const text = headers[slot]
    const value = typeof text === 'string' ? text.trim() : ''
    if (value !== '') return { value, slot }
  }
  return null
}

function bearer({ authorization = '' }: IncomingHttpHeaders): CallToken | null {
  const [, value] = /^bearer +(\S+)\s*$/i.exec(authorization) ?? []
  return value === undefined ? null : { value, slot: 'authorization' }
}
