import type { Command } from 'commander'
import { backUpWithActivity } from '../activity/back-up-activity.ts'
import { unfinishedCopies } from '../database/back-up.ts'
import { hasTables } from '../database/migrate.ts'
import { StartupError } from '../errors.ts'
import { help, JSON_OPTION } from './help.ts'
import { withDatabaseAsItIs } from './open.ts'
import { printResult } from './output.ts'
import type { Shell } from './shell.ts'

export function addBackup(program: Command, shell: Shell): void {
  program
    .command('backup')
    .summary('copy the SQLite database while gateways run')
    .description(
      'Copies the SQLite database to a new file while gateways run, and checks the copy. Usage and times of last use go into a second file, e.g. gateway-activity.db. Secrets in the copy stay sealed: back up the encryption keys separately.',
    )
    .requiredOption('--to <file>', 'the file to create, e.g. /backup/gateway.db')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway backup --to /backup/gateway.db'],
        notes: [
          'To restore: stop the gateway, replace the database and its activity file with these copies, and delete the\nfiles beside them whose names end in `-wal` and `-shm`. Without its activity file, the gateway starts a new one.',
        ],
      }),
    )
    .action(async ({ to, json }: { to: string; json?: true }) => {
      const unfinished = unfinishedCopies(to)
      // Before the copy is made: they may be what fills the disk.
      if (unfinished.length > 0)
        shell.error(`Interrupted backups left these files. Unless another backup is running, delete them:\n${unfinished.join('\n')}\n`)
      const made = await withDatabaseAsItIs(shell, async ({ database }) => {
        if (await hasTables(database)) return backUpWithActivity(database, to)
        throw new StartupError(`The database ${database.location} is empty: no gateway was started on it.`)
      })
      const files = [made.file, ...(made.activityFile === null ? [] : [made.activityFile])]
      printResult(shell, json === true, made, `Copied and checked: ${files.join(', ')}\nBack up the encryption keys too, in another place.`)
    })
}
