import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PACKAGE_FOLDER } from './package-folder.ts'

const PACKAGE = join(PACKAGE_FOLDER, 'package.json')

/** The release that runs, such as `0.1.0`. */
export const { version: VERSION } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(PACKAGE, 'utf8')))
