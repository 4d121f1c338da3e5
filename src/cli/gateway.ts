#!/usr/bin/env node
import { reasonOf } from '../database/failures.ts'
import { runGateway } from './program.ts'
import { processShell } from './shell.ts'

// Who reads the output may have seen enough, as `head` has, or its disk may be full: that is no crash.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') process.stderr.write(`The output cannot be written: ${reasonOf(error)}.\n`)
  process.exit(1)
})

const exitCode = await runGateway(process.argv.slice(2), processShell)
// At once: an orderly end would tidy up the database's files, and what is refused changes nothing.
if (exitCode !== 0) process.exit(exitCode)
