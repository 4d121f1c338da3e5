/** Writes the table of all settings into the documentation: `npm run configuration-reference`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { configurationReference } from './configuration-reference.ts'

const FILE = 'docs/configuration.md'
const HEADING = '## All settings\n'

const [guide = ''] = readFileSync(FILE, 'utf8').split(HEADING)
writeFileSync(FILE, `${guide}${HEADING}\n${configurationReference()}`)
