import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { filesIn, makeUnlessUpToDate } from '../../../scripts/up-to-date.ts'
import { temporaryFolder } from '../../support/gateway-process.ts'

let folder: ReturnType<typeof temporaryFolder>
let made = 0
const at = (name: string) => join(folder.path, name)
const put = (name: string, text: string) => writeFileSync(at(name), text)

/** Writes the sources, one behind the other, into one file of each output. */
async function make(): Promise<void> {
  made += 1
  for (const output of ['out', 'also']) mkdirSync(at(output), { recursive: true })
  const text = filesIn(at('sources'))
    .map((file) => readFileSync(file, 'utf8'))
    .join()
  for (const file of ['out/result', 'also/result']) put(file, text)
}

/** How often it was made in this run: once or not at all. */
async function run(work: () => Promise<void> = make): Promise<number> {
  const before = made
  await makeUnlessUpToDate({ sources: () => filesIn(at('sources'), '.txt'), outputs: [at('out'), at('also')], make: work })
  return made - before
}

beforeEach(async () => {
  folder = temporaryFolder()
  mkdirSync(at('sources/deep'), { recursive: true })
  put('sources/one.txt', 'one')
  put('sources/deep/two.txt', 'two')
  await run()
})
afterEach(() => folder.remove())

test('what was made from these very sources is left alone, whenever they were written', async () => {
  expect(await run()).toBe(0)
  utimesSync(at('sources/one.txt'), new Date(), new Date(Date.now() + 60_000))
  expect(await run()).toBe(0)
})

describe('it is made again, and then left alone,', () => {
  test.each<[string, () => void]>([
    ['when a source has changed', () => put('sources/deep/two.txt', 'TWO')],
    ['when a source has changed back and forth in length', () => put('sources/one.txt', 'onetwo')],
    ['when there is a new source', () => put('sources/three.txt', 'three')],
    ['when a source is gone', () => rmSync(at('sources/one.txt'))],
    ['when a file that was made is gone', () => rmSync(at('also/result'))],
    ['when all that was made is gone', () => rmSync(at('out'), { recursive: true })],
    ['when a file that was made has changed', () => put('out/result', 'by hand')],
    ['when another file stands among those that were made', () => put('out/stray', 'stray')],
    ['when nobody knows what it was made from', () => rmSync(at('out/made-from.sha256'))],
  ])('%s', async (_why, change) => {
    change()
    expect(await run()).toBe(1)
    expect(existsSync(at('out/stray'))).toBe(false)
    expect(readFileSync(at('also/result'), 'utf8')).toBe(readFileSync(at('out/result'), 'utf8'))
    expect(await run()).toBe(0)
  })

  test('when the last time failed half-way', async () => {
    put('sources/one.txt', 'changed')
    const failing = async () => {
      await make()
      throw new Error('The disk is full.')
    }
    await expect(run(failing)).rejects.toThrow('The disk is full.')
    expect(await run()).toBe(1)
  })
})
