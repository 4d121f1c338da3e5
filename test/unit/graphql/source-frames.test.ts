import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'gateway-frames-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a program prints that was bundled as the gateway is, with its map beside it or without. */
async function printed(sourcemap: boolean): Promise<unknown> {
  const contents = `import { framesOf } from './src/graphql/source-frames.ts'

function fail() {
  return new Error('planted')
}
console.log(JSON.stringify(framesOf(fail())))`
  const outfile = join(folder, `program-${sourcemap}.mjs`)
  const stdin = { contents, resolveDir: process.cwd(), sourcefile: 'src/failing.ts', loader: 'ts' } as const
  await build({ stdin, outfile, sourcemap, bundle: true, format: 'esm', platform: 'node' })
  return JSON.parse(execFileSync(process.execPath, [outfile], { encoding: 'utf8' }))
}

test('the log names places in the sources, though the program is bundled', async () => {
  const frames = await printed(true)
  expect(frames).toEqual(expect.arrayContaining([expect.stringMatching(/^ {4}at fail \(.*src\/failing\.ts:4:10\)$/)]))
  expect(JSON.stringify(frames)).toMatch(/ {4}at .*src\/failing\.ts:6:37/)
})

test('the log names places in the program where the map of the sources is missing', async () => {
  expect(await printed(false)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^ {4}at fail \(file:.*program-false\.mjs:\d+:\d+\)$/)]),
  )
})
