import { describe, expect, test } from 'vitest'
import { countUpTo, withinAnswerBytes } from '../../../src/graphql/answer-size.ts'
import { LIMITS } from '../../../src/graphql/limits.ts'

describe('the bytes of an answer', () => {
  test.each([
    null,
    true,
    -12.5e-7,
    '',
    'plain',
    'ünï 模型 🤖 "quoted" \\ \n \u0001 \ud800',
    [],
    {},
    [1, 'two', null, [], {}],
    { a: { b: [{ c: 'd' }, { c: 'e' }] }, 'na"me': [true, false] },
    { at: new Date(0), left: undefined },
  ])('are never less than those of its JSON, and hardly more: %j', (value) => {
    const bytes = Buffer.byteLength(JSON.stringify(value))
    const counted = countUpTo(value, 1_000_000)
    expect(counted).toBeGreaterThanOrEqual(bytes)
    expect(counted - bytes).toBeLessThanOrEqual(6)
  })

  test('are not counted to the end of what is too long', () => {
    let read = 0
    const item = {
      get text() {
        read += 1
        return 'x'.repeat(1_000)
      },
    }
    expect(
      countUpTo(
        Array.from({ length: 1_000 }, () => item),
        10_000,
      ),
    ).toBeGreaterThan(10_000)
    expect(read).toBeLessThan(12)
  })

  test('above 16 MiB become a refusal', () => {
    const short = { data: { texts: ['x'.repeat(LIMITS.answerBytes - 100)] } }
    expect(withinAnswerBytes(short)).toBe(short)
    const { data, errors } = withinAnswerBytes({ data: { texts: Array.from({ length: 17 }, () => 'x'.repeat(1_048_576)) } })
    expect(data).toBeNull()
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'QUERY_TOO_COMPLEX' })
  })
})
