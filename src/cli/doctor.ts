import type { Command } from 'commander'
import { StartupError } from '../errors.ts'
import { checkDatabase } from './doctor/check-database.ts'
import { checkDisk, checkModes, checkNode, checkServer } from './doctor/check-machine.ts'
import { ailing, type Finding, fine } from './doctor/finding.ts'
import { failureOf, PartialFailure } from './failure.ts'
import { help, JSON_OPTION } from './help.ts'
import { counted, printable, printResult, wrapped } from './output.ts'
import type { Shell } from './shell.ts'

export function addDoctor(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .summary('check the installation, and say what to fix')
    .description(
      'Checks the configuration, the database with its migrations and rows, the encryption keys, secrets and tokens, the disk, the clock and file permissions, and says what to fix. Changes nothing.',
    )
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway doctor'],
        notes: ['Exits with 1 if there is something to fix, and with 78 if the configuration cannot be read.'],
      }),
    )
    .action(async (options: { json?: true }) => {
      const findings = [checkNode()]
      const configuration = readConfiguration(shell)
      if (configuration.config === null) {
        report(shell, options.json === true, [...findings, ailing('configuration', configuration.problem)])
        throw new StartupError('1 thing to do.')
      }
      const { config } = configuration
      findings.push(fine('configuration', 'every setting can be read'), ...(await checkDatabase(config, shell.clock())))
      findings.push(...checkDisk(config), checkModes(config, shell.configuredFiles()), await checkServer(config))
      report(shell, options.json === true, findings)
      const count = findings.filter(({ advice }) => advice !== null).length
      if (count > 0) throw new PartialFailure(`${counted(count, 'thing')} to do.`)
    })
}

function readConfiguration(shell: Shell) {
  try {
    return { config: shell.loadConfig() } as const
  } catch (error) {
    return { config: null, problem: failureOf(error).message } as const
  }
}

function report(shell: Shell, json: boolean, findings: readonly Finding[]): void {
  const data = findings.map(({ check, found, advice }) => ({ check, ok: advice === null, message: advice ?? found }))
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.map(({ check, found, advice }) => {
    const start = `${advice === null ? 'OK  ' : 'TODO'}  ${check.padEnd(width)}  `
    // Several problems of the configuration come one per line.
    const paragraphs = (advice ?? found).split('\n').map((line) => wrapped(printable(line), start.length))
    return `${start}${paragraphs.join(`\n${' '.repeat(start.length)}`)}`
  })
  printResult(shell, json, data, lines.join('\n'))
}
