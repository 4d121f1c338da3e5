import { join } from 'node:path'
import { readStaticFiles } from '../http/read-static-files.ts'
import type { StaticFile } from '../http/static-files.ts'
import { PACKAGE_FOLDER } from '../package-folder.ts'

/** The console as `npm run build:console` left it: its page, and what the page loads. */
export interface ConsoleFiles {
  readonly page: string
  /** By their path below `/console/`. */
  readonly assets: ReadonlyMap<string, StaticFile>
}

const BUILT = join(PACKAGE_FOLDER, 'console/dist')

const PAGE = 'index.html'

/** Reads the built console; null when it was not built. */
export function readConsoleFiles(folder: string = BUILT): ConsoleFiles | null {
  const assets = readStaticFiles(folder)
  const page = assets.get(PAGE)
  if (page === undefined) return null
  assets.delete(PAGE)
  return { page: page.content.toString(), assets }
}
