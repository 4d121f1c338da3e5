import { describe, expect, test } from 'vitest'
import { BodyBudget } from '../../../src/calls/body-budget.ts'
import { CallLimits } from '../../../src/calls/call-limits.ts'

const SCOPE = { providers: null, models: null, requestsPerMinute: 2, tokensPerDay: null }
const HOUR = 3_600_000
const PROVIDER = { id: 'p', type: 'OPENAI' } as const

function limitsAt(perToken = 0, perProvider = 0) {
  let now = 1_000
  const limits = new CallLimits({ perToken, perProvider }, { hasTokensLeft: async () => false }, () => now)
  return {
    limits,
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('the calls of a token in a minute', () => {
  test('are so many, and as many again when it is over', async () => {
    const { limits, pass } = limitsAt()
    await limits.admit('t', SCOPE)
    pass(59_000)
    await limits.admit('t', SCOPE)
    await expect(limits.admit('t', SCOPE)).rejects.toMatchObject({ code: 'token_rate_limited', retryAfterMs: 1_000 })
    pass(1_000)
    for (let call = 0; call < 2; call++) await limits.admit('t', SCOPE)
    await expect(limits.admit('t', SCOPE)).rejects.toMatchObject({ code: 'token_rate_limited' })
  })

  test("are as many again in a minute when the clock is set back, and the day is the clock's", async () => {
    const { limits, pass } = limitsAt()
    pass(HOUR)
    for (let call = 0; call < 2; call++) await limits.admit('t', SCOPE)
    pass(-HOUR)
    await expect(limits.admit('t', SCOPE)).rejects.toMatchObject({ retryAfterMs: 60_000 })
    const day = { ...SCOPE, tokensPerDay: 1 }
    await expect(limits.admit('other', day)).rejects.toMatchObject({ retryAfterMs: 24 * HOUR - 1_000 })
    pass(60_000)
    await limits.admit('t', SCOPE)
  })

  test('are counted on when very many other tokens call', async () => {
    const { limits } = limitsAt()
    for (let call = 0; call < 2; call++) await limits.admit('t', SCOPE)
    for (let token = 0; token < 10_001; token++) await limits.admit(`t${token}`, SCOPE)
    await expect(limits.admit('t', SCOPE)).rejects.toMatchObject({ code: 'token_rate_limited' })
  })
})

test('a token without tokens left is told the beginning of the next day', async () => {
  const { limits, pass } = limitsAt()
  pass(3_600_000)
  const refused = limits.admit('t', { ...SCOPE, tokensPerDay: 1 })
  await expect(refused).rejects.toMatchObject({ code: 'token_budget_exhausted', retryAfterMs: 23 * 3_600_000 - 1_000 })
})

test.each([
  ['token', 1, 0, 'other'],
  ['provider', 0, 1, 't'],
])('of a %s as many calls are under way as may be, and the place of one that ends is free', (_title, perToken, perProvider, other) => {
  const { limits } = limitsAt(perToken, perProvider)
  const end = limits.begin('t', PROVIDER)
  expect(() => limits.begin('t', PROVIDER)).toThrow(expect.objectContaining({ code: 'concurrency_limit' }))
  limits.begin(other, other === 't' ? { ...PROVIDER, id: 'q' } : PROVIDER)()
  end()
  limits.begin('t', PROVIDER)()
  expect(limits.inFlight.get('OPENAI')).toBe(0)
})

describe('the memory for bodies', () => {
  test('is all for the one body of a token', () => {
    const budget = new BodyBudget(10)
    expect([budget.take('t', 6, 0), budget.take('t', 4, 6), budget.take('t', 1, 10), budget.take('u', 1, 0)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    budget.giveBack('t', 10)
    expect(budget.take('u', 10, 0)).toBe(true)
  })

  test('leaves to others as much as the bodies of a token that has more of them', () => {
    const budget = new BodyBudget(12)
    expect([budget.take('t', 3, 0), budget.take('t', 4, 0), budget.take('t', 3, 0), budget.take('u', 6, 0)]).toEqual([
      true,
      false,
      true,
      true,
    ])
  })
})
