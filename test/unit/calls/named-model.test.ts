import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CallError } from '../../../src/calls/error-codes.ts'
import { readNamedModel } from '../../../src/calls/one-url/named-model.ts'
import { createTurns } from '../../../src/http/turns.ts'

/** 10,000 runs in parts, so that no test takes long on a busy machine. */
const PARTS = [1, 2, 3, 4]
const RUNS_OF_A_PART = 2_500

const blanks = fc.stringMatching(/^[ \n\r\t]{0,3}$/)

/** A character as JSON may spell it. */
const spelled = (character: string) => {
  const hex = character.charCodeAt(0).toString(16).padStart(4, '0')
  const plain = JSON.stringify(character).slice(1, -1)
  return fc.constantFrom(plain, `\\u${hex}`, `\\u${hex.toUpperCase()}`, ...(character === '/' ? ['\\/'] : []))
}
const quoted = (text: string) => fc.tuple(...[...text].flatMap((one) => one.split('')).map(spelled)).map((parts) => `"${parts.join('')}"`)

const tricky = fc.constantFrom('"', '\\', '\\\\', '\\"', '{', '}', '[', ']', ',', ':', '"model":"a/b"', 'é', '😀', '\u2028', '\0')
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(tricky, { maxLength: 6 }).map((parts) => parts.join('')),
)
const strings = fc.oneof(
  texts.map((text) => JSON.stringify(text)),
  texts.chain(quoted),
)
const numbers = fc.constantFrom('0', '-0', '12345678901234567890', '1.50', '1e400', '-1E-7', '9007199254740993', '3.0e+2')
const words = fc.constantFrom('true', 'false', 'null')

const { value: values } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, strings, numbers, words, tie('list'), tie('object')),
  list: fc
    .array(fc.tuple(blanks, tie('value'), blanks), { maxLength: 4 })
    .map((items) => `[${items.map((one) => one.join('')).join(',')}]`),
  object: fc
    .array(fc.tuple(blanks, fc.oneof(strings, fc.constant('"model"')), blanks, tie('value'), blanks), { maxLength: 4 })
    .map((members) => `{${members.map(([a, key, b, value, c]) => `${a}${key}${b}:${value}${c}`).join(',')}}`),
}))

const modelNames = fc.oneof(
  { weight: 6, arbitrary: fc.constant('model').chain(quoted) },
  { weight: 1, arbitrary: fc.constantFrom('"Model"', '"MODEL"', '"mod\\u0045l"') },
)
const members = fc.record({
  key: fc.oneof(
    { weight: 3, arbitrary: strings },
    { weight: 1, arbitrary: fc.constantFrom('"models"', '"mode"', '"message"', '"__proto__"') },
  ),
  value: values,
})
const modelMembers = fc.record({ key: modelNames, value: fc.oneof({ weight: 5, arbitrary: strings }, { weight: 1, arbitrary: values }) })

/** Bodies that are objects, with no model, one, or several, anywhere. */
const bodies = fc
  .tuple(
    fc.array(members, { maxLength: 5 }),
    fc.array(modelMembers, { minLength: 0, maxLength: 2 }),
    fc.array(members, { maxLength: 3 }),
    blanks,
  )
  .map(([before, models, after, gap]) => {
    const all = [...before, ...models, ...after].map(({ key, value }) => `${gap}${key}${gap}:${gap}${value}${gap}`)
    return `${gap}{${all.length === 0 ? gap : all.join(',')}}${gap}`
  })

const json = { 'content-type': 'application/json' }
const takeTurn = createTurns()

async function outcomeOf(text: string): Promise<{ readonly name: string; readonly replaced: string } | string> {
  try {
    const named = await readNamedModel('/v1/chat/completions', json, { kind: 'whole', bytes: Buffer.from(text) }, takeTurn)
    const body = named.withModel('new "model"/é')
    return { name: named.name, replaced: body.kind === 'whole' ? body.bytes.toString() : '' }
  } catch (error) {
    return error instanceof CallError ? error.code : String(error)
  }
}

/** The names and values at the top, by a parser that keeps duplicates: each value is read by `JSON.parse`. */
function topMembers(text: string): { readonly key: string; readonly value: unknown }[] | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null
  // Each member by itself becomes one of a list of pairs, which no duplicate can hide in.
  const found: { key: string; value: unknown }[] = []
  let rest = text.trim().slice(1, -1)
  while (rest.trim() !== '') {
    const end = shortestMember(rest)
    const [[key, value] = ['', null]] = Object.entries(JSON.parse(`{${rest.slice(0, end).replace(/"__proto__"/, '"proto"')}}`))
    found.push({ key, value })
    rest = rest.slice(end + 1)
  }
  return found
}

/** The end of the first member: the first comma, or the end, up to which the text is a member. */
function shortestMember(text: string): number {
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) if (isMember(text.slice(0, at))) return at
  return text.length
}

function isMember(text: string): boolean {
  try {
    JSON.parse(`{${text}}`)
    return true
  } catch {
    return false
  }
}

describe('the model of a body', () => {
  test.each(PARTS)('is read as a JSON parser reads it, and replaced with every other byte as it was (part %i)', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (text) => {
        const found = topMembers(text)?.filter(({ key }) => key.toLowerCase() === 'model')
        const outcome = await outcomeOf(text)
        const [first, second] = found ?? []
        if (second !== undefined) return void expect(outcome).toBe('model_ambiguous')
        if (first?.key !== 'model' || typeof first.value !== 'string' || first.value === '')
          return void expect(outcome).toBe('model_required')
        expect(outcome).toMatchObject({ name: first.value })
        if (typeof outcome === 'string') return
        expect(JSON.parse(outcome.replaced)).toEqual({ ...JSON.parse(text), model: 'new "model"/é' })
        // The text in front of the value and the text behind it are those of the request.
        const [before = '', after = '', ...more] = outcome.replaced.split(JSON.stringify('new "model"/é'))
        expect(more).toEqual([])
        expect(text.startsWith(before) && text.endsWith(after)).toBe(true)
        expect(JSON.parse(text.slice(before.length, text.length - after.length))).toBe(first.value)
      }),
      { numRuns: RUNS_OF_A_PART },
    )
  })

  test('is never read from half a body, nor from one with something behind it', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, fc.nat(), fc.constantFrom('x', '{}', ',', '"', '}', '\0'), async (text, cut, garbage) => {
        const half = text.trimEnd().slice(0, cut % text.trimEnd().length)
        expect(await outcomeOf(half)).toBe('body_not_json')
        expect(await outcomeOf(text + garbage)).toBe('body_not_json')
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['a long text', () => JSON.stringify({ a: '\\"'.repeat(2_500_000), model: 'a/b' })],
    ['many members', () => `{${Array.from({ length: 500_000 }, (_, index) => `"key${index}":${index}`).join(',')},"model":"a/b"}`],
    ['a deep nest', () => `{"a":${'['.repeat(5_000_000)}${']'.repeat(5_000_000)},"model":"a/b"}`],
    ['many escaped names', () => `{${'"\\u006d\\u006f":1,'.repeat(600_000)}"model":"a/b"}`],
  ])('is found in a body of 10 MB: %s', async (_title, make) => {
    const text = make()
    const outcome = await outcomeOf(text)
    expect(outcome).toMatchObject({ name: 'a/b' })
    const [before = '', after] = typeof outcome === 'string' ? [] : outcome.replaced.split(JSON.stringify('new "model"/é'))
    expect(text === `${before}"a/b"${after}`).toBe(true)
  })
})
