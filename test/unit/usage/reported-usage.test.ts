import { describe, expect, test } from 'vitest'
import type { CallScope } from '../../../src/auth/call-scope.ts'
import { withoutShapes } from '../../../src/calls/call-query.ts'
import { type SentBody, withPlainAnswer, withReportedUsage } from '../../../src/calls/reported-usage.ts'
import { createTurns } from '../../../src/http/turns.ts'

const NO_LIMIT: CallScope = { providers: null, models: null, requestsPerMinute: null, tokensPerDay: null }
const BUDGET: CallScope = { ...NO_LIMIT, tokensPerDay: 1_000 }
const ASKED = '"stream_options":{"include_usage":true}'

const sent = (text: string, more: Partial<SentBody> = {}): SentBody => ({
  body: { kind: 'whole', bytes: Buffer.from(text) },
  path: '/v1/chat/completions',
  contentType: 'application/json',
  contentEncoding: undefined,
  vendorPreset: null,
  takeTurn: createTurns(),
  ...more,
})
const changed = async (text: string, more: Partial<SentBody> = {}, scope = BUDGET) => {
  const body = await withReportedUsage(scope, sent(text, more))
  return body.kind === 'whole' ? body.bytes.toString() : body.kind
}

describe('a token with a budget asks for the figures of its streams', () => {
  test.each([
    ['{"stream":true}', `{${ASKED},"stream":true}`],
    [
      ' { "model": "m\\u00e9", "n": 12345678901234567890, "stream" : true }',
      ` {${ASKED}, "model": "m\\u00e9", "n": 12345678901234567890, "stream" : true }`,
    ],
    ['{"stream":true,"stream_options":null}', `{"stream":true,${ASKED}}`],
    ['{"stream":true,"stream_options":{ }}', '{"stream":true,"stream_options":{"include_usage":true }}'],
    [
      '{"stream":true,"stream_options":{"include_obfuscation":false}}',
      '{"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}',
    ],
    [
      '{"stream_options":{"a":[{"include_usage":1}],"include_usage":false},"stream":true}',
      '{"stream_options":{"a":[{"include_usage":1}],"include_usage":true},"stream":true}',
    ],
    ['{"stream":true,"stream_options":{"include_usage":"no"}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    // Values that some vendors take for `true`.
    ['{"stream":1}', `{${ASKED},"stream":1}`],
    ['{"stream":"yes"}', `{${ASKED},"stream":"yes"}`],
    ['{"stream":false,"stream":false,"stream":true}', `{${ASKED},"stream":false,"stream":false,"stream":true}`],
    ['{"Str\\u0065am":true}', `{${ASKED},"Str\\u0065am":true}`],
  ])('%s', async (text, expected) => {
    expect(await changed(text)).toBe(expected)
    expect(await changed(text, { path: '/openai/deployments/d/completions' })).toBe(expected)
    expect(await changed(text, { path: '/v1/chat/%63ompletions/' })).toBe(expected)
  })

  test('but not Mistral, which tells them unasked and refuses the member', async () => {
    expect(await changed('{"stream":true}', { vendorPreset: 'mistral' })).toBe('{"stream":true}')
  })

  test.each([
    '{"model":"m"}',
    '{"stream":false}',
    '{"stream":null,"stream_options":null}',
    '{"stream":true,"stream_options":{"include_usage":true}}',
    '{"messages":[{"stream":true}]}',
  ])('and nothing is changed where that is not needed: %s', async (text) => {
    expect(await changed(text)).toBe(text)
  })

  test('nor by a token without a budget, nor in another format', async () => {
    expect(await changed('{"stream":true}', {}, NO_LIMIT)).toBe('{"stream":true}')
    for (const path of ['/v1/responses', '/v1/messages', '/v1/embeddings', '/v1/complete', '/v1beta/models/m:streamGenerateContent'])
      expect(await changed('{"stream":true}', { path })).toBe('{"stream":true}')
    expect(await changed('', { body: { kind: 'none' } })).toBe('none')
  })

  test.each([
    ['two members', '{"stream":true,"stream_options":null,"stream_options":{}}', {}],
    ['two members inside', '{"stream":true,"stream_options":{"include_usage":true,"include_usage":false}}', {}],
    ['another case, which some parsers do not heed', '{"stream":true,"Stream_Options":{"include_usage":false}}', {}],
    ['another case inside', '{"stream":true,"stream_options":{"Include_Usage":false}}', {}],
    ['no object', '[{"stream":true}]', {}],
    ['a compressed body', '{"stream":true}', { contentEncoding: 'gzip' }],
    ['another type', '{"stream":true}', { contentType: 'text/plain' }],
    ['another script', '{"stream":true}', { contentType: 'application/json; charset=utf-16' }],
  ] as const)('and what parsers may read differently is refused: %s', async (_name, text, more) => {
    await expect(changed(text, more)).rejects.toThrow(expect.objectContaining({ code: 'body_not_json' }))
    expect(await changed(text, more, NO_LIMIT)).toBe(text)
  })
})

describe('a token with a budget reads no answer that hides its figures', () => {
  test.each(['gzip, deflate, br, zstd', 'zstd;q=1.0, gzip;q=0.5', 'zstd', '*'])('accept-encoding: %s', (given) => {
    const headers = ['Accept-Encoding', given, 'x-title', 'zstd']
    expect(withPlainAnswer(BUDGET, headers)).toEqual(['Accept-Encoding', 'identity', 'x-title', 'zstd'])
    expect(withPlainAnswer(NO_LIMIT, headers)).toEqual(headers)
  })

  test.each(['application/x-protobuf', 'application/json;q=0.1, application/json+protobuf'])('accept: %s', (given) => {
    expect(withPlainAnswer(BUDGET, ['Accept', given])).toEqual(['Accept', '*/*'])
    expect(withPlainAnswer(NO_LIMIT, ['Accept', given])).toEqual(['Accept', given])
    expect(withPlainAnswer(BUDGET, ['Accept', 'text/event-stream'])).toEqual(['Accept', 'text/event-stream'])
  })

  test('nor sends what is answered in a form that has none to read', async () => {
    const google = { path: '/v1beta/models/gemini:generateContent', contentType: 'application/x-protobuf' }
    await expect(changed('\n\u0004text', google)).rejects.toMatchObject({ code: 'body_not_json' })
    expect(await changed('\n\u0004text', google, NO_LIMIT)).toBe('\n\u0004text')
  })

  test.each([
    ['alt=sse&fields=candidates', 'alt=sse'],
    ['$fields=candidates&%24.fi%65lds=x&a=1', 'a=1'],
    ['alt=proto&callback=f&api-version=1', 'api-version=1'],
    ['$alt=json', '$alt=json'],
    ['alt=proto=json&alt==sse&$.alt=media%3Djson', ''],
  ])('query: %s', (given, expected) => {
    expect(withoutShapes(given)).toBe(expected)
  })
})
