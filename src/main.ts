import { runGateway } from './cli/program.ts'
import { processShell } from './cli/shell.ts'

// The process of a server: the same as `gateway serve`.
process.exitCode = await runGateway(['serve'], processShell)
