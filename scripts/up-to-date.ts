import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Something that is made from files of the project. */
export interface Step {
  /** The files that it is made from. */
  readonly sources: () => readonly string[]
  /** The folders that it makes, in which nothing else stands. */
  readonly outputs: readonly [string, ...string[]]
  readonly make: () => Promise<void>
}

/** Holds what the files beside it were made from, and what they were then. */
const STAMP = 'made-from.sha256'

/**
 * Makes the outputs, unless they are there already, whole and unchanged, made from these very sources. It goes by what is in
 * the files and not by their times, which a checkout or a copy changes. An end half-way leaves no stamp, so the next run begins anew.
 */
export async function makeUnlessUpToDate({ sources, outputs, make }: Step): Promise<void> {
  const [first] = outputs
  const stamp = join(first, STAMP)
  const state = () => `${digestOf(sources())}\n${digestOf(outputs.flatMap((folder) => filesIn(folder)))}\n`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state()) return
  // Nothing of before stays: neither what has no source any more, nor a file that another clone may share by a hard link.
  for (const folder of outputs) rmSync(folder, { recursive: true, force: true })
  await make()
  writeFileSync(stamp, state())
}

/** The files in a folder, at any depth, whose names end like this; a file stands for itself. None for what is not there. */
export function filesIn(path: string, ending = ''): string[] {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && entry.name !== STAMP)
    .map((entry) => join(entry.parentPath, entry.name))
}

function digestOf(paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of [...paths].sort()) {
    const content = readFileSync(path)
    // With the length, no two different lists of files give the same bytes.
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}
