import type { ServerResponse } from 'node:http'
import { mayBeEndless } from './unread-body.ts'

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
  if (mayBeEndless(response.req)) response.setHeader('connection', 'close')
  response.statusCode = status
  response.end(body)
}
