#!/usr/bin/env node
import { runGateway } from './program.ts'
import { processShell } from './shell.ts'

process.exitCode = await runGateway(process.argv.slice(2), processShell)
