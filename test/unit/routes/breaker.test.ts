import { beforeEach, describe, expect, test } from 'vitest'
import { Breakers } from '../../../src/routes/breaker.ts'

let now = 0
let breakers: Breakers
const kind = () => breakers.state('provider', 'model').kind
const begin = () => breakers.begin('provider', 'model')
const fail = (times: number) => {
  for (let n = 0; n < times; n++) begin().fails()
}
beforeEach(() => {
  now = Date.parse('2026-03-04T12:00:00Z')
  breakers = new Breakers(() => now)
})

describe('a breaker', () => {
  test('counts failures of 10 s: one that is older is forgotten, and so are all when a call works', () => {
    fail(1)
    now += 9_999
    fail(4)
    expect(kind()).toBe('open')
    now += 3_600_000
    breakers = new Breakers(() => now)
    fail(1)
    now += 10_000
    fail(4)
    expect(kind()).toBe('closed')
    begin().works()
    fail(4)
    expect(kind()).toBe('closed')
    fail(1)
    expect(kind()).toBe('open')
  })

  test('is of one model of one provider', () => {
    fail(5)
    expect([breakers.state('provider', 'other').kind, breakers.state('other', 'model').kind]).toEqual(['closed', 'closed'])
  })

  test('neither ends nor gets longer by calls that were under way when it opened', () => {
    const [good, bad] = [begin(), begin()]
    fail(5)
    now += 1_000
    good.works()
    bad.fails()
    expect(breakers.state('provider', 'model')).toEqual({ kind: 'open', waitMs: 29_000 })
    now += 29_000
    expect(kind()).toBe('probe')
  })

  test('takes one probe at a time; one that found nothing out gives its place back, and one that fails begins another pause', () => {
    fail(5)
    now += 30_000
    const first = begin()
    expect(breakers.state('provider', 'model')).toEqual({ kind: 'open', waitMs: 1_000 })
    first.end()
    expect(kind()).toBe('probe')
    const second = begin()
    now += 9_999
    expect(kind()).toBe('open')
    now += 1
    expect(kind()).toBe('probe')
    second.fails()
    expect(breakers.state('provider', 'model')).toEqual({ kind: 'open', waitMs: 30_000 })
  })

  test('closes when the probe works, and then takes five failures to open again', () => {
    fail(5)
    now += 30_000
    begin().works()
    fail(4)
    expect(kind()).toBe('closed')
  })
})

test('10,000 targets that fail are remembered, and of more the oldest is forgotten', () => {
  fail(4)
  for (let n = 1; n < 10_000; n++) breakers.begin('provider', `model-${n}`).fails()
  fail(1)
  expect(kind()).toBe('open')
  breakers.begin('provider', 'one more').fails()
  expect(kind()).toBe('closed')
})
