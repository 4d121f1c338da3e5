import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

/** What a command does to the terminal or the pipe that it was started at. */

const ESCAPE = String.fromCharCode(27)
const hasScript = spawnSync('script', ['--version']).status === 0

describe.skipIf(!hasScript)('at a terminal', () => {
  test('Ctrl-C ends long work, says how far it came, and leaves the terminal as it was', async () => {
    const worker = `'${process.execPath}' --import tsx test/support/progress-worker.ts 1000000000`
    const child = spawn('script', ['--quiet', '--return', '--command', worker, '/dev/null'], { stdio: 'pipe' })
    let screen = ''
    child.stdout.on('data', (chunk) => {
      screen += String(chunk)
    })
    const closed = once(child, 'close')
    await expect.poll(() => screen).toMatch(/%\s+\d+ of 1000000000 steps/)
    child.stdin.write('\u0003')
    expect(await closed).toEqual([130, null])
    expect(screen).toMatch(/Stopped at [\d,]+ of 1,000,000,000 steps\. Run it again\.\s*$/)
    // The bar switches the wrapping of lines off: it has to be on again.
    expect(screen.lastIndexOf(`${ESCAPE}[?7h`)).toBeGreaterThan(screen.lastIndexOf(`${ESCAPE}[?7l`))
  })
})

test('a reader that has seen enough, such as head, is no crash', async () => {
  const child = execFile(process.execPath, [resolve('dist/cli/gateway.js'), '--help'])
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += String(chunk)
  })
  child.stdout?.destroy()
  const [exitCode] = await once(child, 'close')
  expect([exitCode, errors]).toEqual([1, ''])
})

test.skipIf(!existsSync('/dev/full'))('output that a full disk does not take is a failure that is told, and no crash', () => {
  const full = openSync('/dev/full', 'w')
  const stdio = ['ignore' as const, full, 'pipe' as const]
  const { status, stderr } = spawnSync(process.execPath, [resolve('dist/cli/gateway.js'), '--help'], { stdio, encoding: 'utf8' })
  closeSync(full)
  expect([status, stderr]).toEqual([1, 'The output cannot be written: ENOSPC: no space left on device, write.\n'])
})

test('progress shows at a terminal alone', async () => {
  const parameters = ['--import', 'tsx', 'test/support/progress-worker.ts', '1000']
  expect(await promisify(execFile)(process.execPath, parameters)).toEqual({ stdout: '', stderr: '' })
})

test('standard input is read to its end, though its writer is slow and sends more than a pipe holds', async () => {
  const program = `import { processShell } from ${JSON.stringify(resolve('src/cli/shell.ts'))}
process.stderr.write('ready')
process.stdout.write(String((await processShell.readInput()).length))`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { stdio: 'pipe' })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  await once(child.stderr, 'data')
  const part = 'x'.repeat(1_000_000)
  for (let number = 0; number < 3; number++) {
    await new Promise((wrote) => child.stdin.write(part, wrote))
    await new Promise((wake) => setTimeout(wake, 100))
  }
  child.stdin.end()
  expect(await once(child, 'close')).toEqual([0, null])
  expect(output).toBe('3000000')
})
