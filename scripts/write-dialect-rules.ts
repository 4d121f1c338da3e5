/** Writes the table of what differs between the APIs into the documentation: `npm run dialect-rules`. */
import { writeFileSync } from 'node:fs'
import { dialectRules } from './dialect-rules.ts'

writeFileSync('docs/reference/dialect-rules.md', dialectRules())
