import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRoute, join } from '../../../src/upstream/client/join.ts'
import { knownTarget, parseTarget, requestPath } from '../../../src/upstream/client/target.ts'
import { belowBase, cleanBase } from '../../../src/upstream/vendors/base-url.ts'

const base = (path: string) => cleanBase(knownTarget(`https://relay.example${path}`))
const joined = (path: string, route: string, query: Record<string, string> = {}) => {
  const target = join(base(path), route, query)
  return target === null ? null : requestPath(target)
}

test.each([
  ['', '/models', '/models'],
  ['/', '/models', '/models'],
  ['/v1', '/models', '/v1/models'],
  ['/v1/', '/models', '/v1/models'],
  ['/v1//', '/models', '/v1//models'],
  ['//evil.example', '/models', '//evil.example/models'],
  ['/a%2Fb/%7Euser;x=1', '/models', '/a%2Fb/%7Euser;x=1/models'],
  ['/v1', '/models/org%2Fname', '/v1/models/org%2Fname'],
  ['/v1', '/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax/converse', '/v1/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax/converse'],
  ['/v1', '/models/ft:gpt-4o:org::id', '/v1/models/ft:gpt-4o:org::id'],
  ['/v1', '/models/gemini:generateContent', '/v1/models/gemini:generateContent'],
])('"%s" and "%s" are joined byte for byte', (path, route, expected) => {
  expect(joined(path, route)).toBe(expected)
})

test.each([
  ...['', 'models', '/', '//x', '/a//b', '/../a', '/a/..', '/a/../b', '/.', '/a/./b', '/%2e%2e/a', '/%2E%2e/a', '/.%2e/a', '/%252e%252e/a'],
  ...[
    '/%25252e%25252e/a',
    '/..;/a',
    '/..;x=1/a',
    '/.;/a',
    '/%2e%2e;/a',
    '/..%2fa',
    '/a%2f..%2fb',
    '/a\\b',
    '/a%5cb',
    '/a%5c..%5cb',
    '/a%255cb',
  ],
  ...[
    '/a#b',
    '/a?b',
    '/a b',
    '/a\tb',
    '/a\r\nb',
    '/a%0d%0ab',
    '/a%00b',
    '/ü',
    '/模型',
    '/%zz',
    '/%',
    '/a%2',
    '/https://evil.example',
    '/x://y',
  ],
])('the route %j is refused', (route) => {
  expect(isRoute(route)).toBe(false)
  expect(joined('/v1', route)).toBeNull()
})

test('what is joined begins with the base and ends with the route, for any text', () => {
  fc.assert(
    fc.property(fc.webPath(), fc.string(), (path, route) => {
      const parsed = parseTarget(`https://relay.example${path}`)
      if (parsed.kind !== 'target') return
      const target = join(parsed.target, `/${route}`)
      if (target === null) return
      expect(target.path).toBe(`${path}/${route}`)
      // No reader of the URL finds fewer segments, or another host.
      const read = new URL(`https://relay.example${target.path}`)
      expect([read.host, read.pathname.split('/').length]).toEqual(['relay.example', target.path.split('/').length])
    }),
  )
})

test('query parameters are added unless the base has them, and what it has stays byte for byte', () => {
  expect(joined('/v1?api-version=2024-02-01&x=%7E', '/models', { 'api-version': 'new', limit: '1' })).toBe(
    '/v1/models?api-version=2024-02-01&x=%7E&limit=1',
  )
  expect(joined('/v1?api%2Dversion=1', '/models', { 'api-version': 'new' })).toBe('/v1/models?api%2Dversion=1')
})

describe('a stored path of the list of models', () => {
  test.each([
    ['/my/list', '/tenant-a/my/list'],
    ['my/list?x=1', '/tenant-a/my/list?x=1'],
    ['https://relay.example/tenant-a/list', '/tenant-a/list'],
    ['https://RELAY.example:443/tenant-a/list?y=2', '/tenant-a/list?y=2'],
  ])('%s is below the base', (stored, expected) => {
    const target = belowBase(base('/tenant-a'), stored)
    expect(target && requestPath(target)).toBe(expected)
  })

  test.each([
    ...[
      '',
      '/',
      '../tenant-b',
      '/../tenant-b',
      '%2e%2e/tenant-b',
      '//evil.example/x',
      'https://evil.example/tenant-a/x',
      'http://relay.example/tenant-a/x',
    ],
    ...[
      'https://relay.example/tenant-b',
      'https://relay.example/tenant-ab/x',
      'https://relay.example/tenant-a/../tenant-b',
      'https://relay.example/tenant-a',
    ],
    ...[
      'https://u@relay.example/tenant-a/x',
      'https:/relay.example/tenant-a/x',
      'javascript:alert(1)',
      '/x#y',
      '/x?y#z',
      '/x?y z',
      '\\\\evil.example\\x',
    ],
  ])('%j is not', (stored) => {
    expect(belowBase(base('/tenant-a'), stored)).toBeNull()
  })
})

describe('a base URL that a URL parser would repair', () => {
  test.each([
    ...[
      'https://relay.example/a/../b',
      'https://relay.example/%2e%2e/b',
      'https://relay.example/.',
      'https://relay.example/a\\b',
      'https://relay.example\\a',
    ],
    ...[
      'https://relay.example/a b',
      'https://relay.example/v1 ',
      'https://relay.example/ü',
      'https://relay.example/v1 (main)',
      'https://relay.example/v1?a b',
    ],
    ...[
      'https://relay。example/v1',
      'https://ｒelay.example/v1',
      'https://rel%61y.example/v1',
      'https://relay.example:/v1',
      'https://relay.example:0443/v1',
    ],
    ...['https://rel\tay.example/v1', 'https://0x7f.1/v1', 'https://127.1/v1', 'https://017700000001/v1'],
  ])('%j is told, and has no target', (text) => {
    expect(parseTarget(text).kind).toBe('repair')
  })

  test.each([
    ...[
      'https://relay.example',
      'https://relay.example/',
      'HTTPS://Relay.Example/v1',
      'https://relay.example:443/v1',
      'https://relay.example./v1',
    ],
    ...[
      'https://münchen.example/v1',
      'https://xn--mnchen-3ya.example/v1',
      'https://[::1]:8000/v1',
      'https://[0:0:0:0:0:0:0:1]/v1',
      'https://relay.example//v1;x?a=%zz',
    ],
  ])('%j is written plainly', (text) => {
    expect(parseTarget(text).kind).toBe('target')
  })
})
