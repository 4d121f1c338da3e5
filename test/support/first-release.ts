/** Databases that the program of 0.1.0 made (commit 2ca7ee5), as copies to work with. */
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Keyring, parseKeyring } from '../../src/crypto/keyring.ts'
import { type Database, openDatabase } from '../../src/database/client.ts'
import { migrate } from '../../src/database/migrate.ts'
import { FIRST_RELEASE_READERS } from '../../src/rest/mounts.ts'
import { upgradeStoredData } from '../../src/upgrade/upgrade-stored-data.ts'
import type { PostgresServer } from './postgres.ts'

const FIXTURES = new URL('../fixtures/', import.meta.url)
const NOW = new Date('2026-12-01T00:00:00Z')

export interface FirstRelease {
  readonly url: string
  readonly database: Database
  readonly keyring: Keyring
  /** What the keyring was read from, the first key first. */
  readonly keys: readonly string[]
}

export type FixtureKind = 'plain' | 'two-keys'

function keysOf(kind: FixtureKind, database: Database['kind']): string[] {
  return JSON.parse(readFileSync(new URL(`${kind}.${database}.json`, FIXTURES), 'utf8')).keys
}

async function opened(url: string, kind: FixtureKind): Promise<FirstRelease> {
  const database = await openDatabase(url)
  const keys = keysOf(kind, database.kind)
  return { url, database, keys, keyring: parseKeyring(keys.join(',')) }
}

let copies = 0

export function fromFile(folder: string, kind: FixtureKind): Promise<FirstRelease> {
  copies += 1
  const path = join(folder, `${kind}-${copies}.db`)
  copyFileSync(new URL(`${kind}.db`, FIXTURES), path)
  return opened(`file:${path}`, kind)
}

export async function fromDump(server: Pick<PostgresServer, 'freshUrl'>): Promise<FirstRelease> {
  const copy = await opened(await server.freshUrl(), 'plain')
  // Statements of pg_dump: each ends with a semicolon at the end of a line. Its own settings are left out.
  const statements = readFileSync(new URL('plain.sql', FIXTURES), 'utf8')
    .replace(/^(?:--|\\|SET |SELECT pg_catalog\.set_config).*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  for (const statement of statements) await copy.database.prisma.$executeRawUnsafe(statement)
  return copy
}

/** What a start does before it serves. */
export async function upgrade({ database, keyring }: Pick<FirstRelease, 'database' | 'keyring'>): Promise<void> {
  await migrate(database)
  await upgradeStoredData(database, keyring, FIRST_RELEASE_READERS, NOW, () => {})
}
