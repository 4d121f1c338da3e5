import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StaticFile } from '../http/static-files.ts'

/** The console as `npm run build:console` left it: its page, and what the page loads. */
export interface ConsoleFiles {
  readonly page: string
  /** By their path below `/console/`. */
  readonly assets: ReadonlyMap<string, StaticFile>
}

/** Where the build is: as far from the compiled program as from its sources. */
const BUILT = fileURLToPath(new URL('../../console/dist', import.meta.url))

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Reads the built console; null when it was not built. */
export function readConsoleFiles(folder: string = BUILT): ConsoleFiles | null {
  const page = join(folder, 'index.html')
  if (!existsSync(page)) return null
  const assets = new Map<string, StaticFile>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const contentType = CONTENT_TYPES[extname(name)]
    if (contentType !== undefined) assets.set(name.split(sep).join('/'), { contentType, content: readFileSync(join(folder, name)) })
  }
  return { page: readFileSync(page, 'utf8'), assets }
}
