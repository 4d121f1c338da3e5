import { runGateway } from './cli/program.ts'
import { processShell } from './cli/shell.ts'

// The process of a server: the same as `gateway serve`.
const exitCode = await runGateway(['serve'], processShell)
// At once: an orderly end would tidy up the database's files, and a refused start changes nothing.
if (exitCode !== 0) process.exit(exitCode)
