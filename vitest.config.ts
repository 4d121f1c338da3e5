import { defineConfig } from 'vitest/config'
import { postgresPrograms } from './test/support/postgres.ts'

/** Suites that use a gateway over its API: they run once per database. */
const ON_EACH_DATABASE = ['graphql', 'rest', 'calls'] as const

/** One project per layer; `npx vitest --project unit` runs one alone, `--project '*postgresql'` those on PostgreSQL. */
const project = (name: string, timeoutMs: number, database: 'sqlite' | 'postgresql' = 'sqlite') => ({
  // The copy that Node loads for the libraries: the bundler's choice is another one, whose types they would not know.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    name: database === 'sqlite' ? name : `${name}-${database}`,
    include: [`test/${name}/**/*.test.ts`],
    env: { TEST_DATABASE: database },
    // Loading the program takes longer than most files of tests do, and they change nothing of it: they share what is loaded.
    isolate: name === 'e2e' || name === 'sdks' || name === 'soak',
    testTimeout: timeoutMs,
    // What a test waits for comes later on a busy machine; one that waits in vain is ended by its own limit.
    expect: { poll: { timeout: timeoutMs / 2 } },
    hookTimeout: timeoutMs,
  },
})

/** Without a PostgreSQL server on this machine the suites run on SQLite alone. */
const onPostgresql = postgresPrograms === null ? [] : ON_EACH_DATABASE.map((name) => project(name, 120_000, 'postgresql'))

export default defineConfig({
  test: {
    globalSetup: 'test/support/shared-databases.ts',
    // Much of a test's time is waiting, for a process to start or a limit to pass: one more than two cores can run.
    maxWorkers: 3,
    projects: [
      project('unit', 120_000),
      ...ON_EACH_DATABASE.map((name) => project(name, 120_000)),
      ...onPostgresql,
      project('e2e', 300_000),
      project('sdks', 300_000),
      project('soak', 1_800_000),
    ],
  },
})
