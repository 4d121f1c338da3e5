import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

/** Below `node_modules`, where the packages that they load are found. */
const BUNDLED = resolve('node_modules/.cache/test-workers')

/** Where the program `test/support/<name>.ts` is that a test starts in a process of its own. */
export function workerProgram(name: `${string}-worker`): string {
  return join(BUNDLED, `${name}.js`)
}

/** Bundles them before the tests: to load every source by itself takes longer than most of them work. */
export default async function setup(): Promise<void> {
  // As new files: another clone may have the old ones by a hard link.
  rmSync(BUNDLED, { recursive: true, force: true })
  const entryPoints = ['database', 'rotation', 'upgrade'].map((name) => `test/support/${name}-worker.ts`)
  await build({ entryPoints, outdir: BUNDLED, bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'node20.19' })
}
