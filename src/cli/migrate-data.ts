import type { Command } from 'commander'
import { copyActivity, countActivity } from '../activity/copy-activity.ts'
import { migrateData } from '../database/migrate-data.ts'
import { help, JSON_OPTION } from './help.ts'
import { counted, printResult } from './output.ts'
import { createProgress } from './progress.ts'
import type { Shell } from './shell.ts'

export function addMigrateData(program: Command, shell: Shell): void {
  program
    .command('migrate-data')
    .summary('copy everything to another database')
    .description(
      'Copies everything from one database to an empty one: SQLite to PostgreSQL, or back. Stop the gateways on the source first, or later writes are missing. Secrets stay sealed, so the target needs the same encryption keys: set ENCRYPTION_KEYS_FILE to the key file beside the SQLite database. Tokens stay valid. Copies everything or nothing, and does not change the source.',
    )
    .requiredOption('--from <url>', 'the database to copy, e.g. file:./data/gateway.db')
    .requiredOption('--to <url>', 'an empty database, e.g. postgresql://user@host:5432/database')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      help({
        examples: ['gateway migrate-data --from file:./data/gateway.db \\\n      --to postgresql://gateway@db.example.com/gateway'],
        notes: ['You can set the password in the environment variable PGPASSWORD.'],
      }),
    )
    .action(async ({ from, to, json }: { from: string; to: string; json?: true }) => {
      const bar = createProgress(shell, { noun: 'row', whenStopped: 'The target was not changed.' })
      const log = (message: string) => {
        if (!shell.isWatched && !json) shell.error(`${message}\n`)
      }
      const counts = await migrateData({ from, to, log, progress: bar, more: { count: countActivity, copy: copyActivity } }).finally(
        bar.end,
      )
      const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
      printResult(
        shell,
        json === true,
        { rows, tables: counts },
        `Everything was copied: ${counted(rows, 'row')}.\nStart the gateways with DATABASE_URL set to the target.`,
      )
    })
}
