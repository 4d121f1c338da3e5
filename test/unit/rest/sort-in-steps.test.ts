import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { sortInSteps } from '../../../src/rest/bifrost/sort-in-steps.ts'

interface Entry {
  readonly key: number
  readonly place: number
}

/** Keys in no order, many of them more than once. */
const entries = (count: number): Entry[] => Array.from({ length: count }, (_, place) => ({ key: (place * 7_919) % 3_001, place }))
const byKey = (one: Entry, other: Entry) => one.key - other.key

describe('a sort in steps', () => {
  test.each([0, 1, 2, 5_000, 5_001, 10_000, 23_456])('of %i entries is what a stable sort gives', async (count) => {
    const items = entries(count)
    expect(await sortInSteps(items, byKey)).toEqual(items.toSorted(byKey))
    expect(items).toEqual(entries(count))
  })

  test.each([
    ['in their order', (index: number) => index],
    ['in the reverse order', (index: number) => -index],
    ['that are all equal', () => 0],
  ])('of entries %s is what a stable sort gives', async (_what, keyOf) => {
    const items = Array.from({ length: 17_000 }, (_, place) => ({ key: keyOf(place), place }))
    expect(await sortInSteps(items, byKey)).toEqual(items.toSorted(byKey))
  })

  test('compares at most a step of entries before it lets others in', async () => {
    let compared = 0
    let most = 0
    const counting = (one: Entry, other: Entry) => {
      compared += 1
      most = Math.max(most, compared)
      return byKey(one, other)
    }
    let isSorting = true
    const others = (async () => {
      for (; isSorting; await nextTurn()) compared = 0
    })()
    await sortInSteps(entries(105_000), counting)
    isSorting = false
    await others
    // Of a sort of 5,000 entries; one of all of them compares 1.7 million times.
    expect(most).toBeLessThan(150_000)
  })
})
