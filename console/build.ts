import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/**
 * Builds the console into `console/dist`, unless a build of these very sources is there already: so a start builds once,
 * and once more after an upgrade. Works without a network, and makes the same files from the same sources.
 */
const WORKSPACE = 'console'
const SOURCES = ['src', 'index.html', 'package.json', 'vite.config.ts', 'build.ts']
/** Holds the digest of the sources that the build beside it was made from. */
const STAMP = join(WORKSPACE, 'dist', 'sources.sha256')

function filesOf(name: string): string[] {
  const path = join(WORKSPACE, name)
  if (name.includes('.')) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function digestOfSources(): string {
  const hash = createHash('sha256')
  for (const path of [...SOURCES.flatMap(filesOf), 'package-lock.json']) hash.update(`${path}\0`).update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

const digest = digestOfSources()
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== digest) {
  await build({ root: WORKSPACE, logLevel: 'warn' })
  writeFileSync(STAMP, digest)
}
