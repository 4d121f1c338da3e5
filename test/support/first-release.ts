/**
 * Databases that the program of 0.1.0 made (commit 2ca7ee5): the rows that it wrote, a file for each kind of provider and one for
 * tokens below `test/fixtures/first-release`. `start.sql` has what its first start writes, `keys.json` the encryption keys.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Libsql from 'libsql'
import { Client } from 'pg'
import { type Keyring, parseKeyring } from '../../src/crypto/keyring.ts'
import { type Database, openDatabase } from '../../src/database/client.ts'
import { migrate } from '../../src/database/migrate.ts'
import { FIRST_RELEASE_READERS } from '../../src/rest/mounts.ts'
import { upgradeStoredData } from '../../src/upgrade/upgrade-stored-data.ts'
import type { PostgresServer } from './postgres.ts'

const FIXTURES = new URL('../fixtures/first-release/', import.meta.url)
const START = 'start'
/** Where the rows belong among the statements of a schema: in front of its constraints, which they do not come in the order of. */
const ROWS = /^-- The rows come here.*$/m
const NOW = new Date('2026-12-01T00:00:00Z')

export interface FirstRelease {
  readonly url: string
  readonly database: Database
  readonly keyring: Keyring
  /** What the keyring was read from, the first key first. */
  readonly keys: readonly string[]
}

/** With one encryption key, or with two, under each of which is something. */
export type FixtureFolder = 'one-key.sqlite' | 'one-key.postgresql' | 'two-keys.sqlite'

const read = (path: string) => readFileSync(new URL(path, FIXTURES), 'utf8')

/** Every kind that there is a file of. */
export function kindsIn(folder: FixtureFolder): string[] {
  const files = readdirSync(new URL(folder, FIXTURES)).filter((name) => name.endsWith('.sql'))
  return files.map((name) => name.replace('.sql', '')).filter((kind) => kind !== START)
}

function statementsOf(folder: FixtureFolder, kinds: readonly string[]): string {
  const rows = [START, ...kinds].map((kind) => read(`${folder}/${kind}.sql`)).join('')
  const schema = read(`schema.${folder.split('.')[1]}.sql`)
  return ROWS.test(schema) ? schema.replace(ROWS, () => rows) : schema + rows
}

async function opened(url: string, folder: FixtureFolder): Promise<FirstRelease> {
  const { keys } = JSON.parse(read(`${folder}/keys.json`))
  return { url, database: await openDatabase(url), keys, keyring: parseKeyring(keys.join(',')) }
}

let made = 0

/** A new SQLite file with some kinds, all when left out. */
export function inSqlite(
  path: string,
  folder: Exclude<FixtureFolder, 'one-key.postgresql'> = 'one-key.sqlite',
  kinds: readonly string[] = kindsIn(folder),
): Promise<FirstRelease> {
  made += 1
  const file = join(path, `first-release-${made}.db`)
  const database = new Libsql(file)
  database.exec(`PRAGMA foreign_keys = OFF; BEGIN; ${statementsOf(folder, kinds)} COMMIT;`)
  database.close()
  return opened(`file:${file}`, folder)
}

/** A new database on a PostgreSQL server with all kinds. */
export async function inPostgresql(server: Pick<PostgresServer, 'freshUrl'>): Promise<FirstRelease> {
  const folder = 'one-key.postgresql'
  const url = await server.freshUrl()
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(statementsOf(folder, kindsIn(folder)))
  await client.end()
  return opened(url, folder)
}

/** What a start does before it serves. */
export async function upgrade({ database, keyring }: Pick<FirstRelease, 'database' | 'keyring'>): Promise<void> {
  await migrate(database)
  await upgradeStoredData(database, keyring, FIRST_RELEASE_READERS, NOW, () => {})
}
