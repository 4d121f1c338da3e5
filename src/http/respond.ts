import type { ServerResponse } from 'node:http'
import { writePieces } from './stream.ts'
import { mayBeEndless } from './unread-body.ts'

/** Headers of every answer: it is never cached, sniffed, framed or named to another site. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const SECURITY_HEADER_LIST = Object.entries(SECURITY_HEADERS)

/** An answer that is ready to be sent. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** In place of the body: a long text, each piece of which is made when the client is ready for it. */
  readonly pieces?: AsyncIterable<string>
}

export function setSecurityHeaders(response: ServerResponse, requestId: string): void {
  for (const [name, value] of SECURITY_HEADER_LIST) response.setHeader(name, value)
  response.setHeader('x-request-id', requestId)
}

export function securityHeaders(requestId: string): Readonly<Record<string, string>> {
  return { ...SECURITY_HEADERS, 'x-request-id': requestId }
}

export const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: `${JSON.stringify(value)}\n` }
}

/** Sends an answer, the pieces of a long one as the client reads them. Throws what making them throws: then a part is sent. */
export async function send(response: ServerResponse, { status, headers = {}, body, pieces }: Answer): Promise<void> {
  if (response.headersSent || response.destroyed) return
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (mayBeEndless(response.req)) response.setHeader('connection', 'close')
  response.statusCode = status
  if (pieces !== undefined) return writePieces(pieces, response)
  if (body !== undefined) response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
