import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'

/** Starts one PostgreSQL server for the whole run, when a project that uses it is part of the run. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const isNeeded = project.vitest.projects.some(({ name }) => name.endsWith('postgresql'))
  if (!isNeeded) return void project.provide('postgresUrl', '')
  const server = await startPostgres()
  project.provide('postgresUrl', server.url)
  return () => server.stop()
}
