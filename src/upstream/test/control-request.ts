import { randomBytes } from 'node:crypto'
import type { Reply } from '../client/messages.ts'
import type { Header } from '../client/network-settings.ts'
import type { Credential, Revealable } from '../vendors/credential.ts'
import { judgeResponse } from '../vendors/judge.ts'
import type { Judgement } from '../vendors/judgement.ts'

/** A credential of the same kind that is in nobody's hands. */
export function randomCredential(credential: Credential): Credential {
  switch (credential.kind) {
    case 'none':
      return credential
    case 'apiKey':
      return { kind: 'apiKey', apiKey: revealable(randomKey(credential.apiKey.reveal())) }
    case 'aws': {
      const { apiKey, keyPair } = credential
      const random = keyPair === null ? null : { ...keyPair, accessKeySecret: revealable(randomKey('')) }
      return { ...credential, keyPair: random, apiKey: apiKey === null ? null : revealable(randomKey('')) }
    }
  }
}

/** Headers that carry a credential, with something random in place of it. What stands before a blank is a scheme, and stays. */
export function randomHeaders(headers: readonly Header[]): Record<string, string> {
  return Object.fromEntries(
    headers.map(({ name, value }) => [name.toLowerCase(), value.replace(/^(\w+ )?.*$/s, (_, scheme = '') => `${scheme}${randomKey('')}`)]),
  )
}

/** Whether what came for a made-up key proves that keys are checked: an API's own refusal of the key does, and nothing else. */
export function refusesKey(judged: Judgement): boolean {
  return judged.kind === 'refusal' && (judged.cause === 'KEY' || judged.cause === 'PERMISSION')
}

/** Why nothing is proven, by what came for a made-up credential: a sentence or two. */
export function describeControl(reply: Reply, credential: Credential): string {
  const what = credential.kind === 'none' ? 'A random value in its header' : 'A random key'
  if (reply.kind === 'failure') return `${what} got ${FAILURES[reply.status]}, so nothing was proven. ${REPEAT}`
  const { httpStatus } = reply
  const judged = judgeResponse(reply)
  if (judged === null && httpStatus < 300)
    return credential.kind === 'none' ? `It needs no header. ${OPEN}` : `It did not refuse a random key, so this key is not proven. ${OPEN}`
  if (judged?.cause === 'NOT_API')
    return `${what} got ${httpStatus} and no answer of an API (a firewall or proxy may stand between), so nothing was proven. ${REPEAT}`
  if (judged?.cause === 'ERROR_IN_SUCCESS') return `${what} got ${httpStatus} with an error in the body, so nothing was proven. ${REPEAT}`
  return `${what} got ${httpStatus}, so nothing was proven. ${REPEAT}`
}

const OPEN = 'The list may be open to anyone. Send a real request to be sure.'
const REPEAT = 'Test again later, or send a real request to be sure.'

const FAILURES: Readonly<Record<Extract<Reply, { kind: 'failure' }>['status'], string>> = {
  BLOCKED_ADDRESS: 'a refusal of the address',
  UNREACHABLE: 'a broken connection',
  TLS_FAILED: 'a failed TLS handshake',
  TIMED_OUT: 'no answer in time',
  REDIRECTED: 'a redirect',
  UNEXPECTED_RESPONSE: 'no valid HTTP',
}

/** Keys of a certain form go into a certain header; the random one has to go there too. */
function randomKey(like: string): string {
  const random = randomBytes(24).toString('hex')
  if (like.startsWith('sk-ant-oat')) return `sk-ant-oat01-${random}`
  if (like.startsWith('ya29.')) return `ya29.${random}`
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(like) ? `eyJ${random}.eyJ${random}.${random}` : `sk-${random}`
}

function revealable(text: string): Revealable {
  return { reveal: () => text }
}
