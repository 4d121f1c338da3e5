import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTestLimiter } from '../../../src/upstream/test/limiter.ts'
import type { Outcome } from '../../../src/upstream/test/outcome.ts'

const ok = (message = ''): Outcome => ({ status: 'OK', message, httpStatus: 200, keyVerified: true, models: [], durationMs: 1 })

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
  const { state, tests } = counted(20)
  const outcomes = await createTestLimiter().run('a', tests)
  expect(outcomes.map(({ message }) => message)).toEqual(Array.from({ length: 20 }, (_, index) => String(index)))
  expect(state.most).toBe(4)
})

test('two runs of one provider do not overlap', async () => {
  const limiter = createTestLimiter()
  const { state, tests } = counted(2)
  const runs = tests.map((one) => limiter.run('a', [one]))
  expect((await Promise.all(runs)).flat()).toHaveLength(2)
  expect(state.most).toBe(1)
})

test('at most 16 tests of all providers run at once', async () => {
  const limiter = createTestLimiter()
  const { state, tests } = counted(60)
  const outcomes = await Promise.all(tests.map((one, index) => limiter.run(`provider-${index}`, [one])))
  expect(outcomes.flat().every(({ status }) => status === 'OK')).toBe(true)
  expect(state.most).toBe(16)
})

test('who waits too long is told so, and the place is not lost', async () => {
  const limiter = createTestLimiter({ waitMs: 20 })
  const slow = limiter.run('a', [() => sleep(150, ok())])
  const [refused] = await limiter.run('a', [async () => ok()])
  expect(refused).toMatchObject({ status: 'RATE_LIMITED', httpStatus: null })
  expect(refused?.message).toContain('The gateway was busy')
  await slow
  expect(await limiter.run('a', [async () => ok()])).toMatchObject([{ status: 'OK' }])
})

test('a run whose tests hang ends in time, and says which of them were not run', async () => {
  const { tests } = counted(12, 120)
  const outcomes = await createTestLimiter({ waitMs: 60 }).run('a', tests)
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(4).fill('OK'), ...Array(8).fill('RATE_LIMITED')])
})

test('a test that throws frees its place', async () => {
  const limiter = createTestLimiter({ atOnce: 1, waitMs: 50 })
  await expect(limiter.run('a', [() => Promise.reject(new Error('unreadable secret'))])).rejects.toThrow('unreadable secret')
  expect(await limiter.run('a', [async () => ok()])).toMatchObject([{ status: 'OK' }])
})
