import { expect, test } from 'vitest'
import { callQuery, isSafeQuery, withoutShapes } from '../../../src/calls/call-query.ts'

test.each([
  ...['key', 'api_key', 'api-key', 'apikey', 'access_token', 'oauth_token', 'bearer_token', 'token', 'x-api-key', 'x-goog-api-key'],
  ...['httpHeaders', 'httpMethod', 'X-Amz-Signature', 'X-Amz-Credential', 'KEY', '$key', '$.key', '%24.%6bey', 'key+', '+key', 'key%20'],
])('the parameter %s of a caller goes nowhere', (name) => {
  expect(callQuery(`a=1&${name}=secret&b=%2F`, '', {})).toBe('a=1&b=%2F')
})

test("a base URL's own parameters stay, unless the caller names them, and a default comes when nobody does", () => {
  expect(callQuery('a=1', 'key=own&a=2', { v: '3' })).toBe('a=1&key=own&v=3')
  expect(callQuery('v=1', '', { v: '3' })).toBe('v=1')
})

test.each(['a=#b', 'a b', 'a\r\nb', 'ü', 'a\u0000'])('%j ends no request line', (query) => {
  expect(isSafeQuery(query)).toBe(false)
})

test.each(['fields=x', '$fields=x', '$.callback=f', 'alt=proto', 'alt', 'ALT=media'])('%s hides no use of tokens', (part) => {
  expect(withoutShapes(`a=1&${part}&alt=sse`)).toBe('a=1&alt=sse')
})
