/**
 * `npm run migration -- <name>`: writes the SQL that leads from the last migration to `schema.prisma`, for both
 * databases. The state after the last migration is kept beside the migrations as the text of its schema, so that no
 * database is needed. What is marked `// activity` gets migrations of its own for SQLite. Read the SQL before you commit it: a renamed column comes out as one dropped and one added.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { migratedSchemas } from './derive-schemas.ts'
import { diff, offlineAdapter } from './diff.ts'

const SNAPSHOT = 'prisma/migrations/schema.snapshot.prisma'

async function makeMigration(name: string): Promise<string> {
  const source = readFileSync('prisma/schema.prisma', 'utf8')
  const before = migratedSchemas(readFileSync(SNAPSHOT, 'utf8'))
  const after = migratedSchemas(source)
  const folder = `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}_${name}`
  const scripts = {
    sqlite: await diff(offlineAdapter('sqlite'), before.sqlite, after.sqlite),
    postgresql: await diff(offlineAdapter('postgres'), before.postgresql, after.postgresql),
  }
  const activity = await diff(offlineAdapter('sqlite'), before.activity, after.activity)
  if (scripts.sqlite === '' && scripts.postgresql === '' && activity === '') return 'The schema has not changed since the last migration.'

  for (const [database, sql] of Object.entries({ ...scripts, ...(activity === '' ? {} : { 'activity/sqlite': activity }) })) {
    mkdirSync(`prisma/migrations/${database}/${folder}`, { recursive: true })
    writeFileSync(`prisma/migrations/${database}/${folder}/migration.sql`, sql === '' ? '-- Nothing changes in this database.\n' : sql)
  }
  writeFileSync(SNAPSHOT, source)
  return `Wrote prisma/migrations/{sqlite,postgresql}/${folder}/migration.sql. Read them, then run the tests.`
}

const name = process.argv[2] ?? ''
if (/^[a-z][a-z0-9_]*$/.test(name)) {
  process.stdout.write(`${await makeMigration(name)}\n`)
} else {
  process.stderr.write('Give the migration a name in small letters: npm run migration -- add_provider_notes\n')
  process.exitCode = 1
}
