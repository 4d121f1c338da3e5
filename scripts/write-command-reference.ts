/** Writes the help of every command into the documentation: `npm run command-reference`. */
import { writeFileSync } from 'node:fs'
import { buildProgram } from '../src/cli/program.ts'
import { processShell } from '../src/cli/shell.ts'
import { commandReference } from './command-reference.ts'

writeFileSync('docs/reference/commands.md', commandReference(buildProgram(processShell)))
