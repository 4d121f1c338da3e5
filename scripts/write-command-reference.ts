/** Writes the help of every command into the documentation: `npm run command-reference`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { buildProgram } from '../src/cli/program.ts'
import { processShell } from '../src/cli/shell.ts'
import { commandReference } from './command-reference.ts'

const FILE = 'docs/command-line.md'
const HEADING = '## Reference\n'

const [guide = ''] = readFileSync(FILE, 'utf8').split(HEADING)
writeFileSync(FILE, `${guide}${HEADING}\n${commandReference(buildProgram(processShell))}`)
