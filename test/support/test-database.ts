import { randomUUID } from 'node:crypto'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { inject } from 'vitest'
import { POSTGRES_TEMPLATE } from './shared-databases.ts'

/** A database for one test gateway alone. */
export interface TestDatabase {
  readonly url: string
  /** The settings that a gateway needs to use it. */
  readonly environment: Readonly<Record<string, string>>
  remove(): Promise<void>
}

/** Which database the gateways of this test project use: see `vitest.config.ts`. */
export const testDatabaseKind = process.env.TEST_DATABASE === 'postgresql' ? ('postgresql' as const) : ('sqlite' as const)

/** The other one, where this machine has it. */
export function otherDatabaseKind(): 'postgresql' | 'sqlite' {
  return testDatabaseKind === 'sqlite' && inject('postgresUrl') !== '' ? 'postgresql' : 'sqlite'
}

/** SQLite makes a key file beside the database; PostgreSQL wants its keys configured. */
const ENCRYPTION_KEYS = `base64:${Buffer.from('a key for tests, of 32 bytes .. ').toString('base64')}`

export interface TestDatabaseOptions {
  /** Another kind of database than that of the test project. */
  readonly database?: 'postgresql' | 'sqlite'
  /** Whether it has the tables of this release, as after a start; false when left out. */
  readonly migrated?: boolean
}

/** Makes a database without rows: a file in `folder`, or one on the shared server. */
export async function makeTestDatabase(
  folder: string,
  { database: kind = testDatabaseKind, migrated = false }: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  if (kind === 'sqlite') {
    if (migrated) await cp(inject('sqliteTemplate'), folder, { recursive: true })
    const url = `file:${join(folder, 'gateway.db')}`
    return { url, environment: { DATABASE_URL: url }, remove: async () => {} }
  }
  const name = `gateway_${randomUUID().replaceAll('-', '')}`
  await onServer(migrated ? `CREATE DATABASE ${name} TEMPLATE ${POSTGRES_TEMPLATE}` : `CREATE DATABASE ${name}`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  return {
    url: url.href,
    environment: { DATABASE_URL: url.href, ENCRYPTION_KEYS },
    remove: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
