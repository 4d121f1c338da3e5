import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createAdmission } from '../../../src/http/admission.ts'

test('hundreds of requests at once begin in their order, a few in each turn of the event loop', async () => {
  const admit = createAdmission()
  const begun: number[] = []
  const requests = Array.from({ length: 100 }, async (_, index) => {
    await admit()
    begun.push(index)
  })
  for (let turns = 1; begun.length < 100; turns += 1) {
    expect(begun.length).toBeLessThanOrEqual(4 * turns)
    await nextTurn()
  }
  await Promise.all(requests)
  expect(begun).toEqual(requests.map((_, index) => index))
})

test('a request alone begins at once, and so do the few that come with it', async () => {
  const admit = createAdmission()
  for (let turn = 0; turn < 3; turn += 1) {
    for (let request = 0; request < 4; request += 1) expect(admit()).toBeUndefined()
    await nextTurn()
    await nextTurn()
  }
})
