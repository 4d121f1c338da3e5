import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

/** Below `node_modules`, where the packages that they load are found. */
const BUNDLED = resolve('node_modules/.cache/test-workers')
const NAMES = ['database-worker', 'rotation-worker', 'upgrade-worker'] as const

/** Where the program `test/support/<name>.ts` is that a test starts in a process of its own. */
export function workerProgram(name: (typeof NAMES)[number]): string {
  return join(BUNDLED, `${name}.js`)
}

/** Bundles them before the tests: to load every source by itself takes longer than most of them work. */
export default async function setup(): Promise<void> {
  const entryPoints = NAMES.map((name) => `test/support/${name}.ts`)
  const options = { bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'node20.19' } as const
  const { outputFiles } = await build({ entryPoints, outdir: BUNDLED, write: false, ...options })
  mkdirSync(BUNDLED, { recursive: true })
  // Each as a new file in the place of the old one: another run may start that, and another clone have it by a hard link.
  for (const { path, contents } of outputFiles) {
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, contents)
    renameSync(draft, path)
  }
}
