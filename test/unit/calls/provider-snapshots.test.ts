import { expect, test } from 'vitest'
import { createSnapshots } from '../../../src/calls/provider-snapshots.ts'

/** Snapshots of names that are there, and the names that were read. */
function snapshotsOf(names: readonly string[]) {
  const read: string[] = []
  const find = createSnapshots(async (name: string) => {
    read.push(name)
    return names.includes(name) ? { name } : null
  })
  return { find, read }
}

test('a name that is longer than any provider may have is unknown without being read or kept', async () => {
  const { find, read } = snapshotsOf([])
  expect(await find('q'.repeat(1_001), 1)).toBeNull()
  expect(await find('q'.repeat(3_000_000), null)).toBeNull()
  expect(read).toEqual([])
})

test('names that nobody has take no place from those that are known', async () => {
  const { find, read } = snapshotsOf(['openai'])
  await find('openai', 1)
  for (let index = 0; index < 3_000; index += 1) expect(await find(`unknown-${index}`, 1)).toBeNull()
  read.length = 0
  expect(await find('openai', 1)).toEqual({ name: 'openai' })
  expect(read).toEqual([])
  await find('unknown-2999', 1)
  expect(read).toEqual(['unknown-2999'])
})
