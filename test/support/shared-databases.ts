import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { openActivity } from '../../src/activity/activity.ts'
import { openDatabase } from '../../src/database/client.ts'
import { migrate } from '../../src/database/migrate.ts'
import { postgresPrograms, startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL server that a test run shares; empty when none was started. */
    postgresUrl: string
    /** A folder with the files of a SQLite database that has the tables of this release, and no rows. */
    sqliteTemplate: string
  }
}

/** The database of the shared server that has the tables of this release, and no rows. */
export const POSTGRES_TEMPLATE = 'gateway_template'

/**
 * Starts one PostgreSQL server for the whole run, when tests that use it may be part of the run, and migrates one database of
 * each kind: a test gateway starts from a copy, because migrating takes longer than most test files do.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-template-'))
  await migrateNew(`file:${join(folder, 'gateway.db')}`)
  const uses = project.vitest.projects.some(({ name }) => name === 'sqlite' || name === 'postgresql')
  const server = uses && postgresPrograms !== null ? await startPostgres() : null
  if (server !== null) await migrateNew(await createPostgresTemplate(server.url))
  project.provide('sqliteTemplate', folder)
  project.provide('postgresUrl', server?.url ?? '')
  return async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function createPostgresTemplate(serverUrl: string): Promise<string> {
  const client = new Client({ connectionString: serverUrl })
  await client.connect()
  await client.query(`CREATE DATABASE ${POSTGRES_TEMPLATE}`)
  await client.end()
  const url = new URL(serverUrl)
  url.pathname = `/${POSTGRES_TEMPLATE}`
  return url.href
}

async function migrateNew(url: string): Promise<void> {
  const database = await openDatabase(url)
  await migrate(database)
  const activity = await openActivity(database, () => {})
  await activity.close()
  await database.close()
}
