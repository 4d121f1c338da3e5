/** The databases that a test suite runs against, each fresh for each test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { type Database, openDatabase } from '../../src/database/client.ts'
import { migrate } from '../../src/database/migrate.ts'
import { postgresPrograms, startPostgres } from './postgres.ts'

interface Server {
  freshUrl(): Promise<string>
  stop(): Promise<void>
}

export interface TestDatabases {
  /** The URL of a database that does not exist yet, or is empty. */
  freshUrl(): Promise<string>
  /** Opens a database, by default a fresh and migrated one; it is closed after the test. */
  open(url?: string): Promise<Database>
}

/** Runs the suite once per database; PostgreSQL is shown as skipped where no server is installed. */
export function describeDatabases(title: string, suite: (databases: TestDatabases, kind: Database['kind']) => void): void {
  describeDatabase(`${title} on SQLite`, true, async () => sqliteFolder(), suite, 'sqlite')
  describeDatabase(`${title} on PostgreSQL`, postgresPrograms !== null, startPostgres, suite, 'postgresql')
}

function describeDatabase(
  title: string,
  available: boolean,
  start: () => Promise<Server>,
  suite: (databases: TestDatabases, kind: Database['kind']) => void,
  kind: Database['kind'],
): void {
  describe.skipIf(!available)(title, () => {
    let server: Server | undefined
    let opened: Database[] = []
    beforeAll(async () => {
      server = await start()
    })
    afterEach(async () => {
      await Promise.all(opened.map((database) => database.close()))
      opened = []
    })
    afterAll(() => server?.stop())

    const freshUrl = async () => {
      if (server === undefined) throw new Error('The server starts before the first test.')
      return server.freshUrl()
    }
    const open = async (url?: string) => {
      const database = await openDatabase(url ?? (await freshUrl()))
      opened.push(database)
      if (url === undefined) await migrate(database)
      return database
    }
    suite({ freshUrl, open }, kind)
  })
}

function sqliteFolder(): Server {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-sqlite-'))
  let files = 0
  return {
    freshUrl: async () => {
      files += 1
      return `file:${join(folder, `${files}.db`)}`
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}
