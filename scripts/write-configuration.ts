/** Writes the table of all settings into the documentation: `npm run configuration-reference`. */
import { writeFileSync } from 'node:fs'
import { configurationReference } from './configuration-reference.ts'

writeFileSync('docs/reference/configuration.md', configurationReference())
