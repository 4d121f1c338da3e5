import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTestLimiter } from '../../../src/upstream/test/limiter.ts'
import type { Outcome } from '../../../src/upstream/test/outcome.ts'

const ok = (message = ''): Outcome => ({ status: 'OK', message, httpStatus: 200, keyVerified: true, models: [], durationMs: 1 })

/** A run of a provider's tests that the token asks for. */
const of = (provider: string | null, token = 'token', left = new AbortController().signal) => ({ provider, token, left })

/** Tests that count how many of them run at once. */
function counted(count: number, runMs = 5) {
  const state = { running: 0, most: 0 }
  const tests = Array.from({ length: count }, (_, index) => async () => {
    state.running += 1
    state.most = Math.max(state.most, state.running)
    await sleep(runMs)
    state.running -= 1
    return ok(String(index))
  })
  return { state, tests }
}

test('outcomes come in the order of the tests, a few at a time', async () => {
  const { state, tests } = counted(20, 100)
  const outcomes = await createTestLimiter({ apartMs: 0 }).run(of('a'), tests)
  expect(outcomes.map(({ message }) => message)).toEqual(Array.from({ length: 20 }, (_, index) => String(index)))
  expect(state.most).toBe(4)
})

test('two runs of one provider do not overlap', async () => {
  const limiter = createTestLimiter({ apartMs: 0 })
  const { state, tests } = counted(2)
  const runs = tests.map((one) => limiter.run(of('a'), [one]))
  expect((await Promise.all(runs)).flat()).toHaveLength(2)
  expect(state.most).toBe(1)
})

test.each([
  [1, 12],
  [3, 16],
])('at most 16 tests of all providers run at once, 12 of one token: of %i tokens %i', async (tokens, most) => {
  const limiter = createTestLimiter({ apartMs: 0 })
  const { state, tests } = counted(60, 400)
  const outcomes = await Promise.all(tests.map((one, index) => limiter.run(of(`provider-${index}`, `token-${index % tokens}`), [one])))
  expect(outcomes.flat().every(({ status }) => status === 'OK')).toBe(true)
  expect(state.most).toBe(most)
})

test('four drafts of one token run side by side, beside those of another one', async () => {
  const limiter = createTestLimiter({ apartMs: 0 })
  const mine = counted(12, 400)
  const others = counted(12, 400)
  const runs = [
    ...mine.tests.map((one) => limiter.run(of(null), [one])),
    ...others.tests.map((one) => limiter.run(of(null, 'other'), [one])),
  ]
  expect((await Promise.all(runs)).flat().every(({ status }) => status === 'OK')).toBe(true)
  expect([mine.state.most, others.state.most]).toEqual([4, 4])
})

test('tokens take turns, however many tests each has waiting', async () => {
  const limiter = createTestLimiter({ atOnce: 1 })
  const order: string[] = []
  const start = (token: string, index: number) =>
    limiter.run(of(`${token}-${index}`, token), [
      async () => {
        order.push(token)
        return ok()
      },
    ])
  const flood = Array.from({ length: 50 }, (_, index) => start('many', index))
  await Promise.all([...flood, start('few', 1), start('few', 2), start('one', 1)])
  // The first one found the place free; then each token has its turn in the round.
  expect(order.slice(0, 6)).toEqual(['many', 'many', 'few', 'one', 'many', 'few'])
  expect(order).toHaveLength(53)
})

test('a token finds a place at once while another one has filled all that it may have', async () => {
  const limiter = createTestLimiter()
  let finish = () => {}
  const hanging = new Promise<Outcome>((resolve) => {
    finish = () => resolve(ok())
  })
  const flood = Array.from({ length: 40 }, (_, index) => limiter.run(of(`provider-${index}`, 'many'), [() => hanging]))
  expect(await limiter.run(of('other', 'few'), [async () => ok()])).toMatchObject([{ status: 'OK' }])
  finish()
  await Promise.all(flood)
})

test('a token has at most 100 runs under way or waiting, and others are let in', () => {
  const limiter = createTestLimiter()
  const places = Array.from({ length: 100 }, () => limiter.admit('many'))
  expect(places.every((done) => done !== null)).toBe(true)
  expect(limiter.admit('many')).toBeNull()
  expect(limiter.admit('few')).not.toBeNull()
  places[0]?.()
  expect(limiter.admit('many')).not.toBeNull()
  expect(limiter.admit('many')).toBeNull()
})

test('tests of a client that has left are not run, and keep nobody waiting', async () => {
  const limiter = createTestLimiter()
  const client = new AbortController()
  let finish: (() => void) | undefined
  const running = limiter.run(of('a'), [() => new Promise((resolve) => (finish = () => resolve(ok())))])
  await expect.poll(() => finish).toBeDefined()
  let ran = 0
  const test = async () => {
    ran += 1
    return ok()
  }
  const waiting = limiter.run(of('a', 'token', client.signal), [test, test])
  client.abort()
  await expect(waiting).rejects.toThrow('The client left')
  await expect(limiter.run(of('b', 'token', client.signal), [test])).rejects.toThrow('The client left')
  finish?.()
  await running
  expect(ran).toBe(0)
  expect(limiter.isRunning('a')).toBe(false)
  expect(limiter.isRunning('b')).toBe(false)
})

test('who waits too long is told so, and the place is not lost', async () => {
  const limiter = createTestLimiter({ waitMs: 20 })
  const slow = limiter.run(of('a'), [() => sleep(150, ok())])
  const [refused] = await limiter.run(of('a'), [async () => ok()])
  expect(refused).toMatchObject({ status: 'RATE_LIMITED', httpStatus: null })
  expect(refused?.message).toContain('The gateway was busy')
  await slow
  expect(await limiter.run(of('a'), [async () => ok()])).toMatchObject([{ status: 'OK' }])
})

test('a run whose tests hang ends in time, and says which of them were not run', async () => {
  const { tests } = counted(12, 120)
  const outcomes = await createTestLimiter({ waitMs: 60 }).run(of('a'), tests)
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(4).fill('OK'), ...Array(8).fill('RATE_LIMITED')])
})

test('a test that throws frees its place', async () => {
  const limiter = createTestLimiter({ atOnce: 1, waitMs: 50 })
  await expect(limiter.run(of('a'), [() => Promise.reject(new Error('unreadable secret'))])).rejects.toThrow('unreadable secret')
  expect(await limiter.run(of('a'), [async () => ok()])).toMatchObject([{ status: 'OK' }])
})

test('tests begin and end one after the other, so that other requests get in between', async () => {
  const limiter = createTestLimiter({ apartMs: 50 })
  const begun: number[] = []
  const tests = Array.from({ length: 3 }, () => async () => {
    begun.push(performance.now())
    return ok()
  })
  const ended: number[] = []
  await Promise.all(tests.map((one, index) => limiter.run(of(`provider-${index}`), [one]).then(() => ended.push(performance.now()))))
  const moments = [...begun, ...ended].toSorted((one, other) => one - other)
  // A timer may fire a millisecond early.
  for (const [index, moment] of moments.slice(1).entries()) expect(moment - (moments[index] ?? 0)).toBeGreaterThan(48)
})
