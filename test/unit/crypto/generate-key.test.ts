import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseKeyring } from '../../../src/crypto/keyring.ts'
import { runCommand, runJson } from '../../support/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

const argvFor = (file: string, ...options: string[]) => ['keys', 'generate', '--file', file, ...options]
const generate = (file: string, ...options: string[]) => runJson<{ kid: string }>(argvFor(file, ...options))
const kidsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => parseKeyring(line).primary.kid)

describe('gateway keys generate', () => {
  test('makes a file that only its owner reads, and adds keys in front of those in it or behind them', async () => {
    const file = join(folder, 'encryption.key')
    const { kid } = await generate(file)
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    const behind = await generate(file, '--add')
    const first = await generate(file, '--first')
    expect(kidsIn(file)).toEqual([first.kid, kid, behind.kid])
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
  })

  test.runIf(process.getuid?.() === 0)('leaves a file to its owner when root adds a key to it', async () => {
    const file = join(folder, 'owned.key')
    await generate(file)
    chownSync(file, 1_234, 5_678)
    await generate(file, '--first')
    expect(statSync(file)).toMatchObject({ uid: 1_234, gid: 5_678 })
  })

  test.each([
    ['a file that is there', [], {}, 'Use --first or --add'],
    ['a file beside which an interrupted run left its own', ['--add'], { 'kept.new': 'half' }, 'kept.new exists'],
    ['a file with something else in it', ['--first'], { kept: 'no key\n' }, 'was not changed'],
  ])('writes over nothing: not %s', async (_what, options, present, message) => {
    const file = join(mkdtempSync(join(folder, 'present-')), 'kept')
    await generate(file)
    for (const [name, content] of Object.entries(present)) writeFileSync(join(file, '..', name), content)
    const before = readFileSync(file, 'utf8')
    expect(await runCommand(argvFor(file, ...options))).toMatchObject({ output: '', errors: expect.stringContaining(message) })
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})
