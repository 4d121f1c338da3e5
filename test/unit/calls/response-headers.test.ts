import { expect, test } from 'vitest'
import { answerHeaders } from '../../../src/calls/response-headers.ts'

const OPTIONS = { requestId: 'r', attempts: 1, isUntouched: true, target: null }
/** The headers that a caller gets, by their names in lower case. */
function shown(sent: Readonly<Record<string, string>>, options: Partial<Parameters<typeof answerHeaders>[1]> = {}) {
  const headers = answerHeaders(Object.entries(sent).flat(), { ...OPTIONS, ...options })
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), headers[at + 1] ?? ''] as const] : []))
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length)
  return Object.fromEntries(pairs)
}

test.each([
  ...['Set-Cookie', 'Set-Cookie2', 'Server', 'Via', 'Alt-Svc', 'Strict-Transport-Security', 'Public-Key-Pins', 'Clear-Site-Data'],
  ...['Refresh', 'Service-Worker-Allowed', 'NEL', 'Report-To', 'Reporting-Endpoints', 'Accept-CH', 'Access-Control-Allow-Origin'],
  ...['Content-Security-Policy-Report-Only', 'Proxy-Authenticate', 'X-Gateway-Attempts', 'X-Gateway-Target', 'X-Accel-Buffering'],
  ...['Keep-Alive', 'Transfer-Encoding', 'Upgrade', 'Trailer'],
])('%s of a vendor reaches no caller', (name) => {
  expect(shown({ [name]: 'v', 'x-request-id': '1' })).toEqual(expect.not.objectContaining({ [name.toLowerCase()]: expect.anything() }))
  expect(shown({ [name]: 'v', 'x-request-id': '1' })['x-request-id']).toBe('1')
})

test('ours stand in place of what a vendor says of pages', () => {
  const sent = {
    'Content-Security-Policy': 'none',
    'Referrer-Policy': 'unsafe-url',
    'X-Content-Type-Options': 'x',
    'X-Gateway-Request-Id': 'v',
  }
  expect(shown(sent)).toEqual({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-gateway-request-id': 'r',
    'cache-control': 'no-store',
  })
})

test('what a vendor names in Connection ends here', () => {
  expect(shown({ Connection: 'close, X-Hop', 'X-Hop': '1' })['x-hop']).toBeUndefined()
  expect(shown({ Connection: 'X-Other', connection: 'X-Hop', 'X-Hop': '1' })['x-hop']).toBeUndefined()
  expect(shown({ Connection: 'keep-alive', 'X-Hop': '1' })['x-hop']).toBe('1')
})

test('a body that is not the own one of the vendor has none of its length, encoding, tag and digest', () => {
  const sent = { 'Content-Length': '9', 'Content-Encoding': 'gzip', ETag: '"a"', 'Content-MD5': 'b' }
  expect(shown(sent)).toMatchObject({ 'content-length': '9', 'content-encoding': 'gzip', etag: '"a"', 'content-md5': 'b' })
  for (const name of Object.keys(sent)) expect(shown(sent, { isUntouched: false })[name.toLowerCase()]).toBeUndefined()
})

test("a vendor's own word on caches stays, and tells of attempts and targets are ours", () => {
  expect(shown({ 'Cache-Control': 'max-age=1' })['cache-control']).toBe('max-age=1')
  expect(shown({}, { attempts: 2, target: 'p/m' })).toMatchObject({ 'x-gateway-attempts': '2', 'x-gateway-target': 'p/m' })
  expect(shown({ 'Content-Type': 'text/event-stream; charset=utf-8' })['x-accel-buffering']).toBe('no')
})
