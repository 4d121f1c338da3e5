import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { z } from 'zod'
import { addApply } from './apply.ts'
import { addAudit } from './audit.ts'
import { addBackup } from './backup.ts'
import { addDoctor } from './doctor.ts'
import { addExport } from './export.ts'
import { failureOf } from './failure.ts'
import { addKeys } from './keys.ts'
import { addMigrateData } from './migrate-data.ts'
import { WIDTH } from './output.ts'
import { addServe } from './serve.ts'
import type { Shell } from './shell.ts'
import { addTokens } from './tokens.ts'

/** As many folders up from `src/cli` as from `dist/cli`. */
const PACKAGE = new URL('../../package.json', import.meta.url)

/** Runs one command line, without the program's own name, and returns the exit code. Never throws. */
export async function runGateway(argv: readonly string[], shell: Shell): Promise<number> {
  try {
    await buildProgram(shell).parseAsync(argv, { from: 'user' })
    return 0
  } catch (thrown) {
    const { message, exitCode } = failureOf(thrown)
    if (message !== '') shell.error(argv.includes('--json') ? `${JSON.stringify({ error: { message, exitCode } })}\n` : `${message}\n`)
    return exitCode
  }
}

/** The commands and their options. */
export function buildProgram(shell: Shell): Command {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(PACKAGE, 'utf8')))
  const program = new Command('gateway')
    .description(
      'Runs and looks after an AI provider gateway. The commands read the same settings as the server (the environment, or a `.env` file in the working directory), work on its database, and may run beside it.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show the help of the program or of a command')
    .helpCommand(false)
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .configureOutput({
      writeOut: shell.print,
      writeErr: shell.error,
      getOutHelpWidth: () => WIDTH,
      getErrHelpWidth: () => WIDTH,
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration.\n`gateway <command> --help` shows options and examples.',
    )
  const commands = [addServe, addApply, addExport, addTokens, addKeys, addAudit, addDoctor, addBackup, addMigrateData]
  for (const add of commands) add(program, shell)
  return program
}
