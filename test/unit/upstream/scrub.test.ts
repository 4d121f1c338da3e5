import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { probeConnection } from '../../../src/upstream/test/probe-connection.ts'
import { headerProblem } from '../../../src/upstream/vendors/credential.ts'
import { createScrubber } from '../../../src/upstream/vendors/scrub.ts'
import { apiKey, outboundDeps, probeRequest } from '../../support/upstream/probing.ts'
import { startRecorder } from '../../support/upstream/recorder.ts'

const KEY = 'vendor+key/4f9a=2c71 d0e83b56'
/** Whether two texts share this many characters in a row, whatever their case. */
function sharesPart(text: string, secret: string, length = 8): boolean {
  const folded = text.toLowerCase()
  const parts = Array.from({ length: Math.max(0, secret.length - length + 1) }, (_, at) => secret.slice(at, at + length).toLowerCase())
  return parts.some((part) => folded.includes(part))
}

describe('a quote of the upstream', () => {
  const spellings = [
    KEY,
    KEY.toUpperCase(),
    encodeURIComponent(KEY),
    Buffer.from(KEY).toString('base64'),
    Buffer.from(KEY).toString('base64url'),
    Buffer.from(`user:${KEY}`).toString('base64'),
    Buffer.from(`u:${KEY}`).toString('base64'),
    Buffer.from(KEY).toString('hex'),
    KEY.split('').reverse().join(''),
    KEY.slice(0, 12),
    KEY.slice(-12),
    KEY.split('').join('\u200b'),
  ]
  test.each(spellings)('has no part of the key, spelled %j', (spelled) => {
    const quote = createScrubber([KEY]).quote(`Key ${spelled} is wrong.`) ?? ''
    expect(quote).toMatch(/^Key .*\[hidden\].* is wrong\.$/)
    expect(sharesPart(quote, KEY)).toBe(false)
    expect(sharesPart(quote, spelled)).toBe(false)
  })

  test.each([
    ['Authorization: Bearer abc123 failed', 'Authorization: [hidden] failed'],
    ['bad key sk-proj-abcdefgh', 'bad key [hidden]'],
    ['bad key sk-a...wxyz, sorry', 'bad key [hidden], sorry'],
    ['Incorrect API key provided: xa***ey.', 'Incorrect API key provided: [hidden]'],
    ['key ending in wxyz was revoked', 'key [hidden] was revoked'],
    ['AIzaSyD-1234567890 is restricted', '[hidden] is restricted'],
    ['token eyJhbGciOiJIUzI1NiJ9.e30.abc', 'token [hidden]'],
    ['Basic dXNlcjpwYXNzd29yZA== refused', '[hidden] refused'],
  ])('hides credentials that were not ours: %s', (text, hidden) => {
    expect(createScrubber([KEY]).quote(text)).toBe(hidden)
  })

  test('is one line of at most 300 characters, without control characters', () => {
    const quote = createScrubber([KEY]).quote(`a\r\nb\u001b[31mc\u2028d\u202ee ${'😀'.repeat(400)}`) ?? ''
    expect(quote).toMatch(/^a b\[31mc de 😀+…$/u)
    expect(Array.from(quote)).toHaveLength(300)
  })

  test('is left out when the secret is too short to be found again, and when there is nothing to say', () => {
    expect(createScrubber(['abc']).quote('The key abc is wrong')).toBeNull()
    expect(createScrubber([KEY]).quote(' \n ')).toBeNull()
    expect(createScrubber([]).quote('No such model')).toBe('No such model')
  })

  test('never shows eight characters in a row of any key, wherever it stands', () => {
    const keys = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-_.'), minLength: 8, maxLength: 60 })
    fc.assert(
      fc.property(keys, fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), fc.nat({ max: 20 }), (key, before, after, from) => {
        const quote = createScrubber([key]).quote(`${before}${key.slice(from)}${after} ${key}`) ?? ''
        expect(sharesPart(quote.replaceAll('[hidden]', '\n'), key)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

describe('an outcome', () => {
  const echo = async (status: number, body: unknown, key = 'sk-proj-4f9a2c71d0e83b56') => {
    const server = await startRecorder(() => ({ status, headers: { location: `https://${key}.example/`, 'retry-after': key }, body }))
    const request = probeRequest({ type: 'OPENAI', baseUrl: `${server.origin}/v1`, credential: apiKey(key) })
    return probeConnection(request, outboundDeps()).finally(() => server.close())
  }
  const SHAPES = (text: string): unknown[] => [
    { error: { message: text } },
    { error: text },
    { message: text },
    { detail: text },
    { detail: [{ msg: text }] },
    { errors: [{ message: text }] },
    [{ error: { message: text } }],
    { error: { message: text, code: text, type: text } },
    text,
  ]

  test.each([200, 302, 400, 401, 402, 403, 404, 429, 500])(
    'of status %i has no part of the key, wherever the upstream repeats it',
    async (status) => {
      const key = 'sk-proj-4f9a2c71d0e83b56'
      for (const text of [key, `Bearer ${key}`, Buffer.from(key).toString('base64'), `key=${key}&x=1`]) {
        for (const body of SHAPES(text)) {
          const outcome = await echo(status, body)
          expect(sharesPart(JSON.stringify(outcome), key)).toBe(false)
          expect(sharesPart(JSON.stringify(outcome), text)).toBe(false)
        }
      }
    },
  )

  test('leaves out models that are named after the key, too long, or cannot be printed', async () => {
    const key = 'sk-proj-4f9a2c71d0e83b56'
    const names = [
      'good-model',
      key,
      `x-${key}`,
      key.slice(4, 16),
      'a\nb',
      'x'.repeat(201),
      'späti',
      ' blank',
      'good-model',
      'ft:gpt-4o:acme::abc',
    ]
    const outcome = await echo(200, { data: names.map((id) => ({ id })) })
    expect(outcome.models).toEqual(['good-model', 'späti', 'ft:gpt-4o:acme::abc'])
  })

  test('lists at most 1,000 models', async () => {
    const outcome = await echo(200, { data: Array.from({ length: 1_500 }, (_, index) => ({ id: `model-${index}` })) })
    expect(outcome.models).toHaveLength(1_000)
  })
})

describe('a key that cannot be sent', () => {
  test.each([
    ['', 'is empty'],
    ['sk-abc\ndef', 'a line break'],
    ['sk-abc\r\nx-injected: 1', 'a line break'],
    [' sk-abc', 'a blank'],
    ['sk-abc ', 'a blank'],
    ['sk-abc\u0000', 'outside printable ASCII'],
    ['sk-ключ', 'outside printable ASCII'],
    ['sk-abc\u200b', 'outside printable ASCII'],
    ['sk-ab\u00e9c', 'outside printable ASCII'],
  ])('%j is UNAUTHORIZED, says why, and is not sent', async (key, words) => {
    expect(headerProblem(key)).toContain(words)
    const server = await startRecorder(() => ({ status: 200, body: { data: [] } }))
    const request = probeRequest({ type: 'ANTHROPIC', baseUrl: server.origin, credential: apiKey(key) })
    const outcome = await probeConnection(request, outboundDeps()).finally(() => server.close())
    expect(outcome).toMatchObject({ status: 'UNAUTHORIZED', httpStatus: null, keyVerified: false })
    expect(outcome.message).toContain(words)
    expect(outcome.message).not.toContain('abc')
    expect(server.requests).toEqual([])
  })
})

test('a text with a secret of a few characters is not clean, nor stays it in a text that is hidden', () => {
  const scrubber = createScrubber(['k-12'])
  expect([scrubber.isClean('a k-12 b'), scrubber.isClean('a k-1 2'), scrubber.hide('a k-12 b')]).toEqual([false, true, 'a [hidden] b'])
})
