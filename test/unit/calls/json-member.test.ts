import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BYTES_OF_A_TURN, readJsonTop } from '../../../src/calls/json-member.ts'
import { createTurns } from '../../../src/http/turns.ts'

const takeTurn = createTurns()

const isRead = async (json: Buffer) => (await readJsonTop(json, 'model', takeTurn)) !== null

function isParsed(json: Buffer): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json))
    return true
  } catch {
    return false
  }
}

const pieces = fc.constantFrom(
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '"model"', '""', '"a":1', ' ', '\t', '\n', '\r', '\v', '\f', '\0', '\u00a0', '\ufeff'],
  ...['0', '-', '+', '1', '12', '.', 'e', 'E', '0.5', '-0', '1e5', '1E+2', '01', '.5', '5.', 'NaN', 'Infinity', '0x1'],
  ...[
    'true',
    'false',
    'null',
    'tru',
    'nul',
    'undefined',
    "'a'",
    '//',
    '\\u',
    '\\u00e9',
    '\\ud800',
    '\\x',
    '\\"',
    'é',
    '😀',
    '\u2028',
    '\u007f',
  ],
)
/** Texts that are nearly JSON: some pieces of it in any order. */
const nearly = fc.array(pieces, { maxLength: 12 }).map((parts) => Buffer.from(parts.join('')))
const wrapped = nearly.map((inner) => Buffer.concat([Buffer.from('{"a":['), inner, Buffer.from(']}')]))

/** JSON in which one byte is another, is gone, or is one too many. */
const damaged = fc
  .tuple(fc.json({ noUnicodeString: false }), fc.nat(), fc.nat({ max: 255 }), fc.constantFrom('change', 'remove', 'insert', 'nothing'))
  .map(([text, position, byte, how]) => {
    const json = Buffer.from(text)
    const at = position % json.length
    if (how === 'nothing') return json
    return Buffer.concat([json.subarray(0, at), Buffer.from(how === 'remove' ? [] : [byte]), json.subarray(how === 'insert' ? at : at + 1)])
  })

describe('a body is read if and only if `JSON.parse` reads it', () => {
  test.each([
    ['pieces of JSON in any order', nearly],
    ['pieces of JSON within JSON', wrapped],
    ['damaged JSON', damaged],
    ['any bytes', fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes))],
  ])('%s', async (_title, bodies) => {
    await fc.assert(
      fc.asyncProperty(bodies, async (json) => {
        expect(await isRead(json)).toBe(isParsed(json))
      }),
      { numRuns: 3_000 },
    )
  })

  test('whatever stands at any place of a string', async () => {
    const characters = [
      ...Array.from({ length: 0x81 }, (_, code) => String.fromCharCode(code)),
      '\u0100',
      '\u2603',
      '\u{1f600}',
      '\\"',
      '\\n',
    ]
    for (const character of characters)
      for (let place = 0; place < 9; place++) {
        const json = Buffer.from(`{"model":"${'x'.repeat(place)}${character}${'y'.repeat(8 - place)}"}`)
        expect([character, place, await isRead(json)]).toEqual([character, place, isParsed(json)])
      }
  })

  test('whatever stands at any place of a long string', async () => {
    for (const character of ['', '\0', '\n', '\u001f', ' ', '"', '\\', '\\"', '\\n', '\\u0041', '\u007f', 'é', '😀'])
      for (const before of [...Array(40).keys()]
        .map((more) => 500 + more)
        .concat(BYTES_OF_A_TURN - 20, BYTES_OF_A_TURN - 12, BYTES_OF_A_TURN))
        for (const after of [0, 1, 30, 600]) {
          const text = `${'x'.repeat(before)}${character}${'y'.repeat(after)}`
          const json = Buffer.from(`{"model":"a","long":["${text}","${text}"]}`)
          const isSame = (await isRead(json)) === isParsed(json)
          expect([character, before, after, isSame]).toEqual([character, before, after, true])
        }
  })

  test('wherever a turn ends in it', async () => {
    const parts = ['"', 'a', '\\u00e9', '\\"', 'é', '",', '-1', '2.5e+3', ',true', ',{"b":[ ]}', ']', '}']
    for (const [index] of parts.entries()) {
      const front = '{"model":"a/b","x":['
      const json = [front.padEnd(BYTES_OF_A_TURN - parts.slice(0, index).join('').length - 1), ...parts].join('')
      for (const shift of [0, 2]) {
        const shifted = Buffer.from(' '.repeat(shift) + json)
        expect(isParsed(shifted)).toBe(true)
        expect(await readJsonTop(shifted, 'model', takeTurn)).toMatchObject({ members: [{ text: { start: 9 + shift, end: 14 + shift } }] })
        expect(await isRead(shifted.subarray(0, -1))).toBe(false)
      }
    }
  })
})

describe('a long body keeps nothing else waiting', () => {
  const LENGTH = 1_000_000
  const repeated = (front: string, part: string, back: string) => `${front}${part.repeat(LENGTH / part.length)}${back}`

  test.each([
    ['a text', repeated('{"model":"a","b":"', 'x', '"}')],
    ['escapes', repeated('{"model":"a","b":"', '\\"', '"}')],
    ['a number', repeated('{"model":"a","b":', '1', '}')],
    ['blanks', repeated('{"model":"a"', ' ', '}')],
    ['members', repeated('{"model":"a"', ',"":{"a":[1]}', '}')],
    ['nested objects', `{"model":"a","b":${'{"":'.repeat(LENGTH / 5)}1${'}'.repeat(LENGTH / 5)}}`],
    ['lists', `{"model":"a","b":${'['.repeat(LENGTH / 2)}${']'.repeat(LENGTH / 2)}}`],
    ['nothing that ends', repeated('{"model":"a","b":', '[', '')],
  ])('of %s', async (_title, text) => {
    const json = Buffer.from(text)
    const turnsOf = async (work: Promise<unknown>) => {
      let turns = 0
      let isOver = false
      void work.finally(() => {
        isOver = true
      })
      for (; !isOver; turns += 1) await nextTurn()
      return turns
    }
    const least = Math.floor(json.length / BYTES_OF_A_TURN)
    expect(await turnsOf(isRead(json))).toBeGreaterThanOrEqual(least)
    // Together they take no more of a turn than one does.
    expect(await turnsOf(Promise.all([isRead(json), isRead(json), isRead(json)]))).toBeGreaterThanOrEqual(3 * least)
  })
})
