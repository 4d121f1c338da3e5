import { Command, CommanderError } from 'commander'
import { VERSION } from '../version.ts'
import { addApply } from './apply.ts'
import { addAudit } from './audit.ts'
import { addBackup } from './backup.ts'
import { addDoctor } from './doctor.ts'
import { addExport } from './export.ts'
import { failureOf } from './failure.ts'
import { help } from './help.ts'
import { addKeys } from './keys.ts'
import { addMigrateData } from './migrate-data.ts'
import { printable, WIDTH } from './output.ts'
import { addRoutes } from './routes.ts'
import { addServe } from './serve.ts'
import type { Shell } from './shell.ts'
import { addTokens } from './tokens.ts'
import { addUsage } from './usage.ts'

/** Runs one command line, without the program's own name, and returns the exit code. Never throws. */
export async function runGateway(argv: readonly string[], shell: Shell): Promise<number> {
  const json = argv.includes('--json')
  try {
    await buildProgram(shell, json).parseAsync(argv, { from: 'user' })
    return 0
  } catch (thrown) {
    const { message, exitCode } = failureOf(thrown)
    if (exitCode === 0) return exitCode
    if (json) shell.error(`${JSON.stringify({ error: { message, exitCode } })}\n`)
    // The parser has said already what is wrong with the command line.
    else if (!(thrown instanceof CommanderError)) shell.error(`${message.split('\n').map(printable).join('\n')}\n`)
    return exitCode
  }
}

/**
 * The commands and their options.
 * @param json Whether what is wrong with the command line is told as JSON, by whoever catches it.
 */
export function buildProgram(shell: Shell, json = false): Command {
  const program = new Command('gateway')
    .description(
      'Starts and maintains an AI provider gateway. Commands read the same settings as the server (the environment, or a `.env` file in the working directory), work on its database, and may run while it serves.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .configureOutput({
      writeOut: shell.print,
      writeErr: json ? () => {} : shell.error,
      getOutHelpWidth: () => WIDTH,
      getErrHelpWidth: () => WIDTH,
    })
    .addHelpText(
      'after',
      help({
        examples: [
          'gateway serve',
          'gateway tokens create --name me --role admin',
          'gateway apply -f providers.yaml --dry-run',
          'gateway doctor',
        ],
        notes: ['`gateway <command> --help` shows options and examples.'],
      }),
    )
  const commands = [addServe, addApply, addExport, addTokens, addRoutes, addKeys, addAudit, addUsage, addDoctor, addBackup, addMigrateData]
  for (const add of commands) add(program, shell)
  return program
}
