/** Writes the table of what differs between the APIs into the documentation: `npm run dialect-rules`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dialectRules } from './dialect-rules.ts'

const FILE = 'docs/dialects.md'
const HEADING = '## What differs\n'

const [guide = ''] = readFileSync(FILE, 'utf8').split(HEADING)
writeFileSync(FILE, `${guide.trimEnd()}\n\n${HEADING}\n${dialectRules()}`)
