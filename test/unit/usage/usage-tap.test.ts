import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type TappedHead, UsageTap } from '../../../src/calls/usage-tap/usage-tap.ts'
import type { ReadUsage } from '../../../src/usage/token-usage.ts'
import { ANSWERS } from '../../support/usage-answers.ts'
import { FRAMES_TYPE, frame, JSON_TYPE, SSE_TYPE, tokens, type UsageAnswer } from '../../support/usage-shapes.ts'

interface Reading {
  readonly isWhole?: boolean
  readonly contentEncoding?: string
}

async function read(
  { contentType, headers = [] }: Pick<UsageAnswer, 'contentType' | 'headers'>,
  pieces: readonly Buffer[],
  { isWhole = true, contentEncoding = '' }: Reading = {},
): Promise<ReadUsage> {
  const head: TappedHead = { contentType, contentEncoding, headers, secrets: [] }
  const tap = new UsageTap(head)
  for (const piece of pieces) tap.write(piece)
  if (isWhole) tap.end()
  await tap.decoded()
  return tap.result()
}

const expected = ({ usage }: UsageAnswer): ReadUsage => ({ usage, usageSource: usage === null ? 'MISSING' : 'REPORTED' })
const byte = (body: Buffer) => Array.from(body, (_value, index) => body.subarray(index, index + 1))

describe.each(ANSWERS)('what a call used: $name', (answer) => {
  test('in one piece, and byte by byte', async () => {
    expect(await read(answer, [answer.body])).toEqual(expected(answer))
    expect(await read(answer, byte(answer.body))).toEqual(expected(answer))
  })

  test('split at every byte', async () => {
    const { body } = answer
    for (let at = 1; at < body.length; at += 1) {
      const usage = await read(answer, [body.subarray(0, at), body.subarray(at)])
      if (usage.usageSource !== expected(answer).usageSource || at % 50 === 0) expect([at, usage]).toEqual([at, expected(answer)])
      else expect(usage.usage).toEqual(answer.usage)
    }
  })

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ] as const)('compressed: %s', async (contentEncoding, compress) => {
    const body = compress(answer.body)
    expect(await read(answer, [body], { contentEncoding })).toEqual(expected(answer))
    expect(await read(answer, byte(body), { contentEncoding })).toEqual(expected(answer))
  })
})

describe('an answer that is cut off', () => {
  test.each(ANSWERS.filter(({ cut }) => cut !== undefined))('$name', async (answer) => {
    const { body, cut } = answer
    const at = body.indexOf(cut?.before ?? '')
    expect(at).toBeGreaterThan(0)
    const known = { usage: cut?.usage, usageSource: cut?.source }
    expect(await read(answer, [body.subarray(0, at)], { isWhole: false })).toEqual(known)
    // What was compressed with it comes with it.
    const compressed = gzipSync(body.subarray(0, at))
    const withoutEnd = compressed.subarray(0, compressed.length - 8)
    expect(await read(answer, [withoutEnd], { isWhole: false, contentEncoding: 'gzip' })).toEqual(known)
  })

  test('no cut of any answer makes a figure larger than it is', async () => {
    for (const answer of ANSWERS) {
      for (let at = 1; at < answer.body.length; at += 7) {
        const { usage, usageSource } = await read(answer, [answer.body.subarray(0, at)], { isWhole: false })
        if (usage === null) expect(usageSource).toBe('MISSING')
        else
          expect(usage.inputTokens + usage.outputTokens).toBeLessThanOrEqual(
            (answer.usage?.inputTokens ?? 0) + (answer.usage?.outputTokens ?? 0),
          )
      }
    }
  })
})

describe('an event that holds a picture', () => {
  const picture = 'iVBORw0KGgo='.repeat(200_000)
  const answer = { contentType: SSE_TYPE }

  test.each([
    [
      "of OpenAI's stream of images",
      { type: 'image_generation.completed', b64_json: picture, usage: { input_tokens: 3, output_tokens: 4 } },
    ],
    [
      "of OpenAI's Responses",
      { type: 'response.completed', response: { output: [{ result: picture }], usage: { input_tokens: 3, output_tokens: 4 } } },
    ],
    [
      "of Google's stream",
      {
        candidates: [{ content: { parts: [{ inlineData: { data: picture } }] } }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4 },
      },
    ],
  ])('tells what was used: %s', async (_title, event) => {
    const before = `data: ${JSON.stringify({ choices: [{}], model: 'gpt', usage: { prompt_tokens: 1 } })}\n\n`
    const body = Buffer.from(`${before}data: ${JSON.stringify(event)}\n\n${before.replace('usage', 'other')}`)
    for (const size of [body.length, 65_536, 10_007]) {
      const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_value, index) =>
        body.subarray(index * size, (index + 1) * size),
      )
      expect((await read(answer, pieces)).usage).toMatchObject({ outputTokens: 4 })
    }
  })
})

describe('what a vendor sends to do harm', () => {
  const usage = '"usage":{"prompt_tokens":3,"completion_tokens":4}'

  test('a long answer is read to its end, and not kept', async () => {
    const piece = Buffer.from(`"${'x\\"'.repeat(20_000)}",`)
    const pieces = [Buffer.from('{"data":['), ...Array.from({ length: 200 }, () => piece), Buffer.from(`0],${usage}}`)]
    expect((await read({ contentType: JSON_TYPE }, pieces)).usage).toEqual(tokens(3, 4))
  })

  test('a line that is too long to be kept is read, and the next one too', async () => {
    const long = Array.from({ length: 20 }, () => Buffer.alloc(65_536, 'x'))
    const pieces = [Buffer.from(`data: {${usage},"text":"`), ...long, Buffer.from(`"}\n\ndata: {${usage.replace('3', '5')}}\n\n`)]
    expect((await read({ contentType: SSE_TYPE }, pieces)).usage).toEqual(tokens(5, 4))
  })

  test('a frame that is too long is skipped, and the next one is read', async () => {
    const body = Buffer.concat([
      frame('contentBlockDelta', { text: 'x'.repeat(1_500_000) }),
      frame('metadata', { usage: { inputTokens: 3, outputTokens: 4 } }),
    ])
    for (const size of [body.length, 65_536, 10_007]) {
      const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_value, index) =>
        body.subarray(index * size, (index + 1) * size),
      )
      expect((await read({ contentType: FRAMES_TYPE }, pieces)).usage).toEqual(tokens(3, 4))
    }
  })

  test.each([0, 4, 9, 30, -1])('a frame with a wrong byte at %i tells nothing', async (at) => {
    const body = frame('metadata', { usage: { inputTokens: 3, outputTokens: 4 } })
    body.writeUInt8((body.at(at) ?? 0) ^ 1, at < 0 ? body.length + at : at)
    expect(await read({ contentType: FRAMES_TYPE }, [body])).toEqual({ usage: null, usageSource: 'MISSING' })
  })

  test('a usage object that is too large is none', async () => {
    const body = Buffer.from(`{"usage":{"a":"${'x'.repeat(70_000)}","prompt_tokens":3}}`)
    expect((await read({ contentType: JSON_TYPE }, [body])).usageSource).toBe('MISSING')
  })

  test('brackets without end are counted, and no more', async () => {
    const body = Buffer.from(`${'['.repeat(1_000_000)}${usage}`)
    expect((await read({ contentType: JSON_TYPE }, [body])).usageSource).toBe('MISSING')
  })

  test('a small answer that unpacks to gigabytes is given up', async () => {
    const bomb = gzipSync(Buffer.alloc(40_000_000, ' '))
    expect(await read({ contentType: JSON_TYPE }, [bomb], { contentEncoding: 'gzip' })).toEqual({ usage: null, usageSource: 'MISSING' })
  })

  test.each([
    ['zstd', Buffer.from('(µ/ý')],
    ['gzip, br', gzipSync(`{${usage}}`)],
    ['gzip', Buffer.from(`{${usage}}`)],
    ['br', gzipSync(`{${usage}}`)],
    ['gzip', Buffer.concat([gzipSync('{').subarray(0, 12), Buffer.alloc(100, 7)])],
  ])('bytes that are no %s tell nothing', async (contentEncoding, body) => {
    expect(await read({ contentType: JSON_TYPE }, [body], { contentEncoding })).toEqual({ usage: null, usageSource: 'MISSING' })
  })

  test.each(['many', '', '-3', '1e3', '9'.repeat(16)])(
    'a count of Bedrock in a header that is no number of tokens is none: "%s"',
    async (count) => {
      const headersWith = (input: string) => ['X-Amzn-Bedrock-Input-Token-Count', input, 'X-Amzn-Bedrock-Output-Token-Count', '4']
      const body = [Buffer.from('{}')]
      expect((await read({ contentType: JSON_TYPE, headers: headersWith('3') }, body)).usage).toEqual(tokens(3, 4))
      expect((await read({ contentType: JSON_TYPE, headers: headersWith(count) }, body)).usage).toEqual(tokens(0, 4))
    },
  )

  test.each(['audio/mpeg', 'image/png', 'text/html', ''])('an answer of the type "%s" is not read', async (contentType) => {
    expect(await read({ contentType }, [Buffer.from(`{${usage}}`)])).toEqual({ usage: null, usageSource: 'MISSING' })
  })
})

describe('a vendor that fails in a stream which it began well', () => {
  const pieces = (text: string) => [[Buffer.from(text)], byte(Buffer.from(text)), text.split(/(?<=\n)/).map((line) => Buffer.from(line))]
  const failsIn = (contentType: string, written: readonly Buffer[]) => {
    const tap = new UsageTap({ contentType, contentEncoding: '', headers: [], secrets: [] })
    for (const piece of written) tap.write(piece)
    tap.end()
    return tap.tellsFailure
  }
  const WORD = 'data: {"type":"x","delta":"event: error\\n\\ndata: {\\"error\\":{"}\n\n'

  test.each([
    'event: response.failed\ndata: {"type":"response.failed","response":{"usage":null}}\n\n',
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n',
    'data: {"error": {"message":"x"}}\n\ndata: [DONE]\n\n',
  ])('is told from one that writes of such a failure: %s', (event) => {
    expect(pieces(WORD + event).map((written) => failsIn(SSE_TYPE, written))).toEqual([true, true, true])
    expect(pieces(`${WORD}data: {"error":null}\n\n`).map((written) => failsIn(SSE_TYPE, written))).toEqual([false, false, false])
  })

  test('is told by an exception among the frames of AWS', () => {
    const [begun, exception] = [frame('messageStart', {}), frame('modelStreamErrorException', {}, 'exception')]
    expect([failsIn(FRAMES_TYPE, [begun]), failsIn(FRAMES_TYPE, [begun, exception])]).toEqual([false, true])
  })
})
