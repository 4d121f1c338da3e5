import { parseArgs } from 'node:util'
import { migrateData } from '../database/migrate-data.ts'
import { Fault, StartupError } from '../errors.ts'

const HELP = `Copies everything from one database into an empty one: SQLite to PostgreSQL, or back.

  node dist/cli/migrate-data.js --from file:./data/gateway.db --to postgresql://user@host:5432/database

Stop the gateways on the source first: what they write during the copy would be missing from it. Secrets stay sealed, so
the gateways on the target need the same encryption keys: set ENCRYPTION_KEYS_FILE to the key file beside the SQLite
database. Tokens stay valid. The source is not changed; the target gets all of it, or nothing.
A password need not stand in the URL: the environment variable PGPASSWORD is read too.
`

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
  const { from, to, help } = values
  if (help || from === undefined || to === undefined) {
    const stream = help ? process.stdout : process.stderr
    stream.write(HELP)
    return help ? 0 : 78
  }
  const counts = await migrateData({ from, to, log: (message) => void process.stderr.write(`${message}\n`) })
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
  process.stderr.write(`Everything was copied: ${rows} rows. Start the gateways with DATABASE_URL set to the target.\n`)
  return 0
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode
  },
  (error: unknown) => {
    const isOurs = error instanceof StartupError || error instanceof Fault
    process.stderr.write(`${isOurs ? error.message : `Nothing was copied: ${error instanceof Error ? error.message : String(error)}`}\n`)
    process.exitCode = error instanceof StartupError ? error.exitCode : 1
  },
)
