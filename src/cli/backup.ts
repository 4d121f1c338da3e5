import type { Command } from 'commander'
import { backUp } from '../database/back-up.ts'
import { help, JSON_OPTION } from './help.ts'
import { withDatabase } from './open.ts'
import { printResult } from './output.ts'
import type { Shell } from './shell.ts'

export function addBackup(program: Command, shell: Shell): void {
  program
    .command('backup')
    .summary('copy a SQLite database while it is used')
    .description(
      'Writes a copy of the SQLite database to a new file, and checks it. The gateways go on; the copy is the state of one moment. Secrets in it stay sealed: keep the encryption keys too, apart from it.',
    )
    .requiredOption('--to <file>', 'the file to make, e.g. /backup/gateway.db')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway backup --to /backup/gateway.db'],
        notes: [
          'To restore, put the file in the place of the database while no gateway runs,\nand delete `gateway.db-wal` and `gateway.db-shm` beside it.',
        ],
      }),
    )
    .action(async ({ to, json }: { to: string; json?: true }) => {
      const file = await withDatabase(shell, ({ database }) => backUp(database, to))
      printResult(shell, json === true, { file }, `Copied and checked: ${file}\nKeep the encryption keys too, in another place.`)
    })
}
