import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBacklog } from '../../src/backlog.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('work waits for more, and is done in the order in which it came', () => {
  const backlog = createBacklog()
  const done: number[] = []
  for (const number of [1, 2, 3]) backlog.add(() => done.push(number))
  expect(done).toEqual([])
  vi.advanceTimersByTime(20)
  expect(done).toEqual([1, 2, 3])
})

test('whoever needs the effect of what waits has it at once', () => {
  const backlog = createBacklog()
  const done: string[] = []
  // What is added meanwhile waits for its own turn.
  backlog.add(() => backlog.add(() => done.push('later')))
  backlog.add(() => done.push('now'))
  backlog.settle()
  expect(done).toEqual(['now'])
  vi.advanceTimersByTime(20)
  expect(done).toEqual(['now', 'later'])
})

test('no more than 64 pieces of work wait, however soon they come', () => {
  const backlog = createBacklog()
  let done = 0
  for (let added = 1; added <= 64; added++) {
    expect(done).toBe(0)
    backlog.add(() => {
      done += 1
    })
  }
  expect(done).toBe(64)
  expect(vi.getTimerCount()).toBe(0)
})

test('work that throws takes none of the others with it', () => {
  const backlog = createBacklog()
  const done: string[] = []
  backlog.add(() => done.push('before'))
  backlog.add(() => {
    throw new Error('Broken.')
  })
  backlog.add(() => done.push('behind'))
  expect(() => backlog.settle()).toThrow('Broken.')
  backlog.settle()
  expect(done).toEqual(['before', 'behind'])
})
