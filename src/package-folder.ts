import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of this release, with `package.json`: the sources and the built program lie at different depths below it. */
export const PACKAGE_FOLDER = nearestPackage(import.meta.dirname)

function nearestPackage(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : nearestPackage(dirname(folder))
}
