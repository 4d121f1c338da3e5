/** The databases that a test suite runs against, each fresh for each test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe } from 'vitest'
import { type Database, openDatabase } from '../../src/database/client.ts'
import { postgresPrograms } from './postgres.ts'
import { makeTestDatabase, type TestDatabase } from './test-database.ts'

export interface TestDatabases {
  /** The URL of a database that does not exist yet, or is empty. */
  freshUrl(): Promise<string>
  /** Opens a database, by default a new one with the tables of this release; it is closed after the test. */
  open(url?: string): Promise<Database>
}

type Suite = (databases: TestDatabases, kind: Database['kind']) => void

/** Runs the suite once per database; PostgreSQL is shown as skipped where no server is installed. */
export function describeDatabases(title: string, suite: Suite): void {
  describe(`${title} on SQLite`, () => withDatabases('sqlite', suite))
  describe.skipIf(postgresPrograms === null)(`${title} on PostgreSQL`, () => withDatabases('postgresql', suite))
}

function withDatabases(kind: Database['kind'], suite: Suite): void {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-databases-'))
  const made: TestDatabase[] = []
  let opened: Database[] = []
  afterEach(async () => {
    await Promise.all(opened.map((database) => database.close()))
    opened = []
  })
  afterAll(async () => {
    for (const database of made) await database.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const make = async (migrated: boolean) => {
    const database = await makeTestDatabase(mkdtempSync(join(folder, 'one-')), { database: kind, migrated })
    made.push(database)
    return database.url
  }
  const open = async (url?: string) => {
    const database = await openDatabase(url ?? (await make(true)))
    opened.push(database)
    return database
  }
  suite({ freshUrl: () => make(false), open }, kind)
}
