import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { UsageTap } from '../../../src/calls/usage-tap/usage-tap.ts'
import {
  ANTHROPIC_END,
  ANTHROPIC_START,
  CHAT_USAGE,
  chunk,
  done,
  events,
  FRAMES_TYPE,
  GOOGLE_USAGE,
  googleEvent,
  JSON_TYPE,
  json,
  named,
  RESPONSES_USAGE,
  SSE_TYPE,
  wrapped,
} from '../../support/usage-shapes.ts'

const SECRET = 'sk-secret-0123456789'

interface Answer {
  readonly contentType: string
  readonly body: Buffer
}

async function modelOf({ contentType, body }: Answer, pieces: readonly Buffer[] = [body], contentEncoding = ''): Promise<string | null> {
  const tap = new UsageTap({ contentType, contentEncoding, headers: [], secrets: ['', SECRET] })
  for (const piece of pieces) tap.write(piece)
  tap.end()
  await tap.decoded()
  return tap.answeredModel
}

const ofJson = (value: unknown): Answer => ({ contentType: JSON_TYPE, body: json(value) })
const ofEvents = (...values: readonly unknown[]): Answer => ({ contentType: SSE_TYPE, body: Buffer.concat([events(...values), done]) })

const MODEL = 'gpt-4.1-mini-2025-04-14'
const NAMED: readonly (readonly [string, Answer, string])[] = [
  ['OpenAI, chat', ofJson({ model: MODEL, choices: [{ message: { model: 'no' } }], usage: CHAT_USAGE }), MODEL],
  ['behind the figures', ofJson({ usage: CHAT_USAGE, model: MODEL }), MODEL],
  ['a stream without figures', ofEvents(chunk('Hi', { model: MODEL }), chunk(' you', { model: 'gpt-5' })), MODEL],
  [
    'Azure, whose first event has an empty name',
    ofEvents({ choices: [], model: '' }, { choices: [], model: MODEL, usage: CHAT_USAGE }),
    MODEL,
  ],
  [
    'OpenAI, Responses',
    ofEvents({ type: 'response.created', response: { id: 'r', model: MODEL } }, { response: { usage: RESPONSES_USAGE } }),
    MODEL,
  ],
  [
    'Anthropic',
    {
      contentType: SSE_TYPE,
      body: named({ ...ANTHROPIC_START, message: { ...ANTHROPIC_START.message, model: 'claude-sonnet-4-5' } }, ANTHROPIC_END),
    },
    'claude-sonnet-4-5',
  ],
  ['Google', ofEvents({ ...googleEvent(GOOGLE_USAGE), modelVersion: 'gemini-2.5-flash' }), 'gemini-2.5-flash'],
  [
    'Google, as an array, whose first element counts',
    ofJson([{ modelVersion: 'gemini-2.5-pro', usageMetadata: GOOGLE_USAGE }, { modelVersion: 'gemini-2.5-flash' }]),
    'gemini-2.5-pro',
  ],
  [
    'Bedrock, which wraps the model’s own events',
    {
      contentType: FRAMES_TYPE,
      body: wrapped({ ...ANTHROPIC_START, message: { ...ANTHROPIC_START.message, model: 'claude-haiku-4-5' } }),
    },
    'claude-haiku-4-5',
  ],
  ['escapes', { contentType: JSON_TYPE, body: Buffer.from('{"model":"openai\\/gpt\\u002d5"}') }, 'openai/gpt-5'],
]

describe('the model that has answered', () => {
  test.each(NAMED)('is read from %s, however its bytes come', async (_name, answer, model) => {
    const { body } = answer
    expect(await modelOf(answer)).toBe(model)
    expect(
      await modelOf(
        answer,
        Array.from(body, (_byte, at) => body.subarray(at, at + 1)),
      ),
    ).toBe(model)
    for (let at = 1; at < body.length; at += 1) expect(await modelOf(answer, [body.subarray(0, at), body.subarray(at)])).toBe(model)
    expect(await modelOf(answer, [brotliCompressSync(body)], 'br')).toBe(model)
  })

  test('is known of a compressed answer that breaks at its end, however short it is', async () => {
    for (const text of ['', 'x'.repeat(40_000)]) {
      const answer = ofJson({ model: MODEL, text })
      const body = gzipSync(answer.body)
      const checksum = body.length - 8
      body.writeUInt32LE(0, checksum)
      expect(await modelOf(answer, [body.subarray(0, checksum), body.subarray(checksum)], 'gzip')).toBe(MODEL)
    }
  })

  test.each([
    ['nothing says it', ofJson({ usage: CHAT_USAGE })],
    [
      'another member says it',
      ofJson({ tools: [{ model: 'no' }], input: { model: 'no' }, choices: [{ model: 'no' }], list: ['model', 'no'] }),
    ],
    ['it is no text', ofJson({ model: { name: 'no' }, modelVersion: ['no'] })],
    ['it is longer than a name', ofJson({ model: 'm'.repeat(201) })],
    ['it is far longer than a name', ofJson({ model: 'm'.repeat(100_000) })],
    ['it is a text that no name is', ofJson({ model: 'It said:\n"hello"' })],
    ['it holds what was sent to the vendor', ofJson({ model: `echo ${SECRET}` })],
  ])('is not known when %s', async (_case, answer) => {
    expect(await modelOf(answer)).toBeNull()
  })
})
