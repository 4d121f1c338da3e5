import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { createWriteTurns } from '../../../src/database/write-turns.ts'
import { ProviderNotFoundError } from '../../../src/errors.ts'

test('writers go in the order in which they came, a few at once', async () => {
  const turns = createWriteTurns(2, 10_000)
  const begun: number[] = []
  let [running, most] = [0, 0]
  const write = (index: number) =>
    turns.take(async () => {
      begun.push(index)
      running += 1
      most = Math.max(most, running)
      await sleep(1)
      running -= 1
    })
  await Promise.all(Array.from({ length: 20 }, (_, index) => write(index)))
  expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index))
  expect(most).toBe(2)
})

test.each([2, 1])(
  'a writer waits longer than its patience while those before it get on, also when rules refuse each %i. of them',
  async (nth) => {
    const turns = createWriteTurns(1, 300)
    const work = async (index: number) => {
      await sleep(50)
      if (index % nth === 0) throw new ProviderNotFoundError()
    }
    const ends = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => turns.take(() => work(index))))
    const faults = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
    expect(faults).toHaveLength(20 / nth)
    expect(faults.every((fault) => fault instanceof ProviderNotFoundError)).toBe(true)
  },
)

test('a writer behind one that hangs is told so, is not run, and keeps no place', async () => {
  const turns = createWriteTurns(1, 20)
  let finish = () => {}
  const first = turns.take(() => new Promise<void>((resolve) => (finish = resolve)))
  let hasRun = false
  const second = turns.take(async () => {
    hasRun = true
  })
  await expect(second).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 })
  finish()
  await first
  expect(await turns.take(async () => 'free')).toBe('free')
  expect(hasRun).toBe(false)
})

test('failures of the database are no progress: behind them a writer gives up', async () => {
  const turns = createWriteTurns(1, 60)
  const failing = () => sleep(40).then(() => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })))
  const ends = await Promise.allSettled(Array.from({ length: 10 }, () => turns.take(failing)))
  const codes = ends.map((end) => (end.status === 'rejected' ? end.reason.code : 'none'))
  expect(codes).toContain('SERVICE_UNAVAILABLE')
  expect(codes[0]).toBe('ECONNREFUSED')
})

test('a writer who got in takes no place from those who wait, however long it works', async () => {
  vi.useFakeTimers()
  try {
    const turns = createWriteTurns(1, 1_000)
    const work = (ms: number) => () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), ms))
    const first = turns.take(work(50))
    const long = turns.take(work(1_300))
    await vi.advanceTimersByTimeAsync(800)
    const last = turns.take(work(1))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await Promise.all([first, long, last])).toEqual(['done', 'done', 'done'])
  } finally {
    vi.useRealTimers()
  }
})
