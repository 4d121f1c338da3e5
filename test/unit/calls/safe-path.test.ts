import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinPath } from '../../../src/calls/join-path.ts'
import { isRoute } from '../../../src/upstream/client/join.ts'
import { PROVIDER_TYPES } from '../../../src/upstream/vendors/provider-type.ts'

const REFUSED = [
  ...['', '/', 'v1/chat', '/v1//x', '/v1/../admin', '/v1/./x', '/v1/..', '/v1/%2e%2e/admin', '/v1/%2E./x', '/v1/%252e%252e/admin'],
  ...[
    '/v1/..;/x',
    '/v1/%2e%2e%3b/x',
    '/v1/a%5c..%5cb',
    '/v1/a\\b',
    '/v1/%zz',
    '/v1/%',
    '/https://evil.example/x',
    '/v1/a%0d%0ab',
    '/v1/a%00',
  ],
  ...['/v1/a#b', '/v1/a b', '/v1/ä', '/v1/a\tb', '/v1/model%2F..%2Fx', '/https%3A%2F%2Fevil.example', '/v1/%25%35%63'],
]
const PASSED = [
  '/v1/chat/completions',
  '/v1/models/ft:gpt-4o:org::id',
  '/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fy/converse',
  '/v1/a..b/...c',
  '/v1/x%2Fy',
]

describe('a path of a caller', () => {
  test.each(REFUSED)('%s is refused', (path) => expect(isRoute(path)).toBe(false))
  test.each(PASSED)('%s passes', (path) => expect(isRoute(path)).toBe(true))
})

const segment = fc.oneof(
  fc.constantFrom(
    'v1',
    'v1beta',
    'openai',
    'chat',
    'completions',
    'models',
    '..',
    '.',
    '%2e%2e',
    '%252e',
    '..;',
    '%2f',
    '%5c',
    'deployments',
    'd',
  ),
  fc.string({ unit: fc.constantFrom('a', '.', '%', '2', 'e', 'f', '/', '\\', ';', ':', ' ', 'é', '\n') }),
)
const pathOf = fc.array(segment, { minLength: 1, maxLength: 6 }).map((parts) => `/${parts.join('/')}`)

/** What a server makes of a path that decodes it that often. */
function resolved(path: string, decodings: number): string {
  let text = path
  for (let pass = 0; pass < decodings; pass += 1) {
    try {
      text = decodeURIComponent(text)
    } catch {
      return text
    }
  }
  return new URL(text.replace(/^\/+/, '/').replace(/;[^/]*/g, ''), 'http://host').pathname
}

describe('whatever a caller writes', () => {
  test('a path that passes stays below the base, however often a server decodes it', () => {
    fc.assert(
      fc.property(pathOf, (rest) => {
        fc.pre(isRoute(rest))
        const joined = joinPath({ type: 'COPILOT', vendorPreset: null, basePath: '/tenant/base', rest, hasApiVersion: false })
        for (const decodings of [0, 1, 2]) expect(resolved(joined?.path ?? '', decodings).startsWith('/tenant/base/')).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('the joined path begins with the part that the operator chose, and ends with what the caller wrote', () => {
    const bases = fc.constantFrom('', '/v1', '/openai/v1', '/api/paas/v4', '/v1beta/openai', '/tenant/openai/deployments/d')
    fc.assert(
      fc.property(fc.constantFrom(...PROVIDER_TYPES), bases, pathOf, fc.boolean(), (type, basePath, rest, hasApiVersion) => {
        fc.pre(isRoute(rest))
        const joined = joinPath({ type, vendorPreset: null, basePath, rest, hasApiVersion })
        if (joined === null) return
        expect(joined.path).toBe(`/${[...joined.base, ...joined.route].join('/')}`)
        expect(rest.endsWith(joined.route.join('/'))).toBe(true)
        expect(joined.path).not.toContain('//')
      }),
      { numRuns: 2_000 },
    )
  })
})
