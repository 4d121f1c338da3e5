import type { ServerResponse } from 'node:http'

/** Headers of every answer: it is never cached, sniffed, framed or named to another site. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** An answer that is ready to be sent. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export function setSecurityHeaders(response: ServerResponse, requestId: string): void {
  for (const [name, value] of Object.entries(securityHeaders(requestId))) response.setHeader(name, value)
}

export function securityHeaders(requestId: string): Readonly<Record<string, string>> {
  return { ...SECURITY_HEADERS, 'x-request-id': requestId }
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: `${JSON.stringify(value)}\n` }
}

export function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  if (response.headersSent || response.destroyed) return
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (body !== undefined) response.setHeader('content-length', Buffer.byteLength(body))
  response.statusCode = status
  whenItIsHeard(response, () => void response.end(body))
}

/**
 * A connection that ends with its answer must not end under a client that is still sending: that would lose it the answer. What
 * is still to come flows into nothing, until it ends or the server's time for a request is over.
 */
function whenItIsHeard(response: ServerResponse, end: () => void): void {
  const { req: request } = response
  const isLast = !response.shouldKeepAlive || response.getHeader('connection') === 'close'
  // Who has an expectation listens first, and sends nothing when it is not met.
  const listens = response.statusCode === 417
  if (isLast && !listens && !request.complete) request.once('end', end).resume()
  else end()
}
