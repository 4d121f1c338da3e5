#!/usr/bin/env node
import { runGateway } from './program.ts'
import { processShell } from './shell.ts'

const exitCode = await runGateway(process.argv.slice(2), processShell)
// At once: an orderly end would tidy up the database's files, and what is refused changes nothing.
if (exitCode !== 0) process.exit(exitCode)
