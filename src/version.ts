import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** As many folders up from `src` as from `dist`. */
const PACKAGE = new URL('../package.json', import.meta.url)

/** The release that runs, such as `0.1.0`. */
export const { version: VERSION } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(PACKAGE, 'utf8')))
