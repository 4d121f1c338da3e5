import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { startDeadline } from '../../../src/upstream/client/deadline.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

test('a deadline that nobody looks at ends what listens to it, whatever is collected as garbage meanwhile', async () => {
  const listened = Array.from({ length: 20 }, () => {
    const { signal } = startDeadline(300, new AbortController().signal)
    return new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('ended')))
  })
  for (let round = 0; round < 10; round++) {
    collectGarbage()
    await sleep(10)
  }
  const never = sleep(20_000, 'never', { ref: false })
  expect(await Promise.all(listened.map((end) => Promise.race([end, never])))).toEqual(listened.map(() => 'ended'))
})

test('a deadline ends at once for a client that has left, also one that left before', async () => {
  const leaving = new AbortController()
  const deadline = startDeadline(60_000, leaving.signal)
  expect(deadline.signal.aborted).toBe(false)
  leaving.abort()
  expect([deadline.signal.aborted, deadline.remainingMs()]).toEqual([true, 0])
  expect(startDeadline(60_000, leaving.signal).signal.aborted).toBe(true)
})
