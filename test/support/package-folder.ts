import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe } from 'vitest'

const run = promisify(execFile)
const PATIENCE_MS = 110_000

export interface PackageFolder {
  readonly path: string
  readonly isInstalled: boolean
  /** As vitest's `describe`, for tests that need the packages: skipped while they are not installed. */
  readonly describe: ReturnType<typeof describe.skipIf>
  /** Runs a program of the folder to its end, with no variables but those given, and returns what it wrote; fails when the program does. */
  node(parameters: readonly string[], environment?: Readonly<Record<string, string>>, cwd?: string): Promise<string>
}

/**
 * Packages that a few tests need and the program does not: a folder of `test/` has their lockfile, so that the `npm ci` of
 * everybody stays quick. Where they are not installed, the output of the tests says how to get them.
 */
export function packageFolder(name: string): PackageFolder {
  const path = resolve('test', name)
  const isInstalled = existsSync(resolve(path, 'node_modules/.package-lock.json'))
  if (!isInstalled) process.stderr.write(`Skipped, because their packages are not installed: run \`npm ci --prefix test/${name}\`.\n`)
  return {
    path,
    isInstalled,
    describe: describe.skipIf(!isInstalled),
    node: async (parameters, environment = {}, cwd = path) => {
      const env = { PATH: process.env.PATH, ...environment }
      const { stdout } = await run(process.execPath, [...parameters], { cwd, env, timeout: PATIENCE_MS })
      return stdout
    },
  }
}
